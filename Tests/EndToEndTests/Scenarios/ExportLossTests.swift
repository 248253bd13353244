import Foundation
import SluiceTesting
import Testing

/// What each target tells of the keys of a pipeline, all of them: neither more than it does otherwise nor less.
@Suite struct ExportLossTests {
    /// Every key that a target may do something else with.
    private static let rich = """
        schema: sluice/v1
        name: rich
        priority: 4
        concurrency: { group: reference, on_new: cancel }
        triggers:
          push: { branches: [main, "x?"], tags: ["v*"], paths: ["data/**"] }
          pre_push: {}
          pre_receive: { branches: [main], enforce: true }
        profiles:
          big: { cpus: 2, gpus: 1, custom: { licence: 1 }, network: 1MB/s, executor: cluster, price: 2 }
          small: { cpus: 1, disk: 1GiB, processes: 50 }
        budget: { limits: { cost: 5 }, accounts: [team], on_exceed: refuse, objective: [makespan] }
        stages:
          keyed:
            uses: keyed
            profiles: [{ use: big }, { use: small, degraded: true }]
            stop_when_futile: true
            timeout: 7h
            retry: { limit: 2, classes: [resource], backoff: { factor: 2.5 }, escalate: { memory: x2 } }
          many:
            run: cat ${inputs.data}; echo ${matrix.k}
            inputs: { data: { file: ROOT/data.csv } }
            matrix: { k: [1, 2], max_parallel: 1 }
            profile: small
            sources: []
          late:
            if: changed("data/**") && trusted
            run: echo
            needs: [many]
            after: any
            profile: small
            sources: []
          deploy:
            uses: put
            needs: [late]
            profile: small
        """
    private static let plugins = [
        "keyed": "protocol: sluice/1\nrole: other\nsecrets: [KEY, key]\neffects: network\n",
        "put": "protocol: sluice/1\nrole: deploy\neffects: deploy\n",
    ]

    private func rich() throws -> Scene {
        let scene = try Scene(withHook: false)
        var files = ["pipelines/rich.yaml": Self.rich.replacing("ROOT", with: scene.root), "data/x": "x"]
        for (name, text) in Self.plugins {
            files["plugins/\(name)/plugin.yaml"] = "name: \(name)\nversion: 1.0.0\ncommand: [./run]\n" + text
            files["plugins/\(name)/run"] = "#!/bin/sh\n"
        }
        try scene.commit(files)
        try Data("1\n".utf8).write(to: URL(filePath: scene.root + "/data.csv"))
        let tree = try scene.git(["rev-parse", "HEAD:plugins/keyed"]).output.trimmingCharacters(in: .newlines)
        let secret = "{ env: X, plugins: [\"tree:\(tree)\"] }"
        let configuration = """
            inputs: { allow: [\(scene.root)] }
            secrets: { KEY: \(secret), key: \(secret) }
            executors: { cluster: { kind: slurm, shared_root: \(scene.root), capacity: { cpus: 4, memory: 8GiB, gpus: 1 } } }

            """
        try Data(configuration.utf8).write(to: URL(filePath: scene.clone + "/.git/sluice.yaml"))
        return scene
    }

    /// `warning no-state`, in the order of the letters, each once.
    private func told(_ target: String, _ options: [String], in scene: Scene) throws -> [String] {
        let run = try scene.sluice(["export", target] + options)
        #expect(run.status == 0, "\(run.transcript)")
        let found = run.errors.matches(of: /: (warning|note|error): .* \[export\.([a-z-]+)\]/)
        return Set(found.map { "\($0.1) \($0.2)" }).sorted()
    }

    private static let byStage = [
        "note changed", "note executor", "note file", "note hooks", "note keep-going", "note secret", "note trigger",
        "warning backoff", "warning budget", "warning concurrency", "warning deploy-folder", "warning escalation",
        "warning fail-fast", "warning futile", "warning no-state", "warning outcome", "warning profiles",
        "warning request", "warning secret-name",
    ]
    private static let byJob = [
        "note executor", "note file", "note secret", "warning accounts", "warning concurrency", "warning gpu",
        "warning paths", "warning pre-receive", "warning priority", "warning secret-name",
    ]

    @Test("of a pipeline that says everything, each target tells all that it does otherwise, and nothing else")
    func everything() throws {
        let scene = try rich()
        let expected = [
            "argo": Self.byStage + ["note account", "note condition", "note jitter"],
            "airflow": Self.byStage + ["note group", "note pool", "warning max-parallel"],
            "github-actions": Self.byJob + ["note job-time", "warning glob"],
            "gitlab": Self.byJob + ["note order"],
        ]
        for (target, _, options) in Exports.targets {
            #expect(try told(target, options, in: scene) == expected[target]?.sorted(), "\(target)")
        }
    }

    @Test("of a chain of plain stages with a shared state folder nothing is lost anywhere")
    func nothing() throws {
        let scene = try Exports.scene([
            "pipelines/plain.yaml": """
            schema: sluice/v1
            name: plain
            triggers: { push: { branches: [main] } }
            concurrency: { group: none }
            defaults: { timeout: 10m, retry: { backoff: { jitter: false } } }
            stages:
              one: { run: echo, sources: [] }
              two: { run: echo, needs: [one], sources: [], if: reference == 'refs/heads/main' }
            """
        ])
        let more = ["argo": ["--state", "state", "--executor-account", "argo"], "airflow": ["--state", "/srv/state"]]
        let expected = [
            "argo": ["note trigger"], "airflow": ["note pool", "note trigger"], "github-actions": [], "gitlab": [],
        ]
        for (target, _, options) in Exports.targets {
            let all = options + (more[target] ?? []) + ["--strict"]
            #expect(try told(target, all, in: scene) == expected[target], "\(target)")
        }
    }

    @Test("a pipeline that no push starts does not start for every push of a CI system")
    func noPush() throws {
        let scene = try Exports.scene([
            "pipelines/p.yaml": """
            schema: sluice/v1
            name: p
            triggers: { push: { paths: ["data/**"] } }
            stages: { a: { run: echo, sources: [] } }
            """
        ])
        for target in ["github-actions", "gitlab"] {
            #expect(try told(target, [], in: scene).contains("warning no-trigger"), "\(target)")
            let text = try Exports.export(target, [], in: scene)
            #expect(!text.contains("push:") && !text.contains("rules: []"), "\(text)")
        }
    }

    @Test("a Workflow that is too large for a cluster is told")
    func large() throws {
        let scene = try Exports.scene([
            "pipelines/p.yaml": """
            schema: sluice/v1
            name: p
            stages:
              a: { run: 'echo ${matrix.k}', sources: [], matrix: { k: [\((1...1500).map(String.init).joined(separator: ", "))] } }
            """
        ])
        #expect(try told("argo", Exports.targets[0].options, in: scene).contains("warning too-large"))
        #expect(try !told("airflow", [], in: scene).contains("warning too-large"))
    }
}
