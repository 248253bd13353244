/// A small pipeline of the real shape: prepare → train → evaluate → deploy, in shell, so that it runs in milliseconds.
enum Toy {
    static let pipeline = """
        schema: sluice/v1
        name: toy
        params: params.yaml
        triggers:
          push: { branches: [main, "exp/**"], tags: ["v*"] }
          pre_push: {}
        profiles:
          small: { cpus: 1, memory: 64MiB, price: 0.10 }
        budget:
          limits: { cost: 1.00, wall: 30m }
        defaults: { profile: small, timeout: 1m }
        stages:
          prepare:
            run: sh prepare.sh ${inputs.raw} ${outputs.rows}
            inputs: { raw: data/rows.csv }
            sources: [prepare.sh]
            outputs: { rows: dataset }
            estimate: 36s
          train:
            run: |
              echo "lr ${params.lr}" > ${outputs.model}
              cat ${inputs.rows} >> ${outputs.model}
            sources: []
            inputs: { rows: prepare.rows }
            outputs: { model: model }
            estimate: 72s
          evaluate:
            run: |
              cp ${inputs.model} ${outputs.model}
              printf '{"auc": 0.97}' > metrics.json
            sources: []
            inputs: { model: train.model }
            outputs: { model: model }
            metrics: metrics.json
            estimate: 36s
            checks:
              - { metric: auc, min: 0.95 }
          deploy:
            uses: ship
            if: reference == 'refs/heads/main'
            inputs: { model: evaluate.model }
            estimate: 36s
        """

    /// Protocol `command` and role deploy: puts the model where `deployment` in the start line says.
    static let shipManifest = """
        name: ship
        version: 1.0.0
        protocol: command
        role: deploy
        effects: deploy
        command: [sh, ./ship.sh]
        inputs: { model: { type: model } }
        """

    static let shipScript = """
        start=$(cat)
        field() { printf '%s' "$start" | sed "s/.*\\"$1\\":{[^}]*\\"path\\":\\"\\([^\\"]*\\)\\".*/\\1/"; }
        cp "$(field model)" "$(field deployment)/model.new"
        mv "$(field deployment)/model.new" "$(field deployment)/model"
        echo shipped >> "$(field deployment)/history"
        """

    static var files: [String: String] {
        [
            "pipelines/toy.yaml": pipeline, "params.yaml": "lr: 0.1\n", "data/rows.csv": "a,b\n1,2\n",
            "prepare.sh": "tail -n +2 \"$1\" > \"$2\"\n", "plugins/ship/plugin.yaml": shipManifest,
            "plugins/ship/ship.sh": shipScript,
        ]
    }

    /// A pipeline of one stage.
    static func single(_ stage: String) -> [String: String] {
        [
            "pipelines/one.yaml": """
            schema: sluice/v1
            name: one
            triggers: { push: { branches: [main] } }
            stages:
              only:
            \(stage.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }.joined(separator: "\n"))
            """
        ]
    }

    /// A stage whose plugin in the tree speaks `sluice/1` through a shell script; `$token` is its token.
    static func plugin(_ script: String, manifest: String = "", stage: String = "") -> [String: String] {
        var files = single("uses: odd\n" + stage)
        files["plugins/odd/plugin.yaml"] = """
            name: odd
            version: 1.0.0
            protocol: sluice/1
            role: other
            command: [sh, ./odd.sh]
            grace: 1s
            \(manifest)
            """
        files["plugins/odd/odd.sh"] = """
            read -r start
            token=$(printf '%s' "$start" | sed 's/.*"token":"\\([0-9a-f]*\\)".*/\\1/')
            say() { printf '{"token":"%s",%s}\\n' "$token" "$1"; }
            \(script)
            """
        return files
    }
}
