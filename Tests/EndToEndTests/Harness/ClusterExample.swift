/// A pipeline whose training runs elsewhere, between two stages that run here. `LEDGER` stands for the scene's root: every
/// training leaves a line in `trained` there, and waits for `go`.
enum ClusterExample {
    static let files = [
        "pipelines/p.yaml": """
        schema: sluice/v1
        name: p
        profiles:
          small: { cpus: 1, memory: 64MiB }
          node: { cpus: 1, memory: 128MiB, executor: cluster }
        stages:
          prepare: { run: "echo 1 2 3 > data", outputs: { data: { type: file, path: data } }, profile: small }
          train: { uses: learn, inputs: { data: prepare.data }, profile: node }
          evaluate: { run: "cp ${inputs.model} LEDGER/evaluated", inputs: { model: train.model }, profile: small }
        """,
        "plugins/learn/plugin.yaml": """
        name: learn
        version: 1.0.0
        protocol: sluice/1
        role: train
        command: [python3, -B, ./learn.py]
        python: {}
        inputs: { data: { type: file } }
        outputs: { model: { type: file } }
        effects: pure
        """,
        "plugins/learn/learn.py": """
        import os, sys, time
        import sluice

        def run(ctx):
            with open("LEDGER/trained", "a") as file:
                print(sys.prefix, file=file)
            ctx.log("hello from the node")
            while not os.path.exists("LEDGER/go"):
                time.sleep(0.05)
            rows = ctx.inputs["data"].path.read_text()
            ctx.outputs["model"].path.write_text(rows + "4" + chr(10))

        if __name__ == "__main__":
            sluice.main(run)
        """,
    ]
}
