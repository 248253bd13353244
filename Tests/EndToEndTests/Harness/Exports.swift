import Foundation
import SluiceTesting
import Testing

/// Pipelines that are exported, and how each target is asked for.
enum Exports {
    static let targets: [(name: String, file: String, options: [String])] = [
        ("argo", "argo.yaml", ["--image", "registry.example/sluice:1", "--claim", "exchange"]),
        ("airflow", "airflow.py", ["--repository", "/srv/repository", "--exchange", "/srv/exchange"]),
        ("github-actions", "github-actions.yml", []), ("gitlab", "gitlab-ci.yml", []),
    ]
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    /// Where `scripts/test` puts what reads the texts as their targets would.
    static let validators = getenv("SLUICE_TEST_VALIDATORS").map { String(cString: $0) }

    /// A repository whose commit is the same everywhere.
    static func scene(_ files: [String: String]) throws -> Scene {
        let scene = try Scene(withHook: false)
        try scene.write(files)
        try scene.git(["add", "--all"])
        let date = "2026-01-01T00:00:00Z"
        try scene.git(
            ["commit", "--quiet", "--message", "An example"],
            environment: ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date])
        return scene
    }

    static func example() throws -> Scene {
        var files: [String: String] = [:]
        for path in ["pipelines/breast-cancer.yaml", "params.yaml", "data/breast_cancer.csv"] {
            files[path] = try String(contentsOfFile: Self.root + "/" + path, encoding: .utf8)
        }
        return try scene(files)
    }

    static func export(_ target: String, _ options: [String], in scene: Scene) throws -> String {
        let run = try scene.sluice(["export", target, "--quiet"] + options)
        #expect(run.status == 0, "\(run.transcript)")
        return run.output
    }

    static let override = #"q={"a":"{{x}} ${{ y }} $(id) \"); import os\n'''\\"}"#
    static let odd = [
        "pipelines/odd.yaml": """
        schema: sluice/v1
        name: odd
        description: "'''\\n\\"\\"\\" {{ x }} \\\\"
        params: { q: 1, n: 1, deep: true }
        priority: -2
        concurrency: { group: pipeline, on_new: cancel }
        triggers: { push: { branches: ["a+b/**", "x??"], tags: [v1], paths: ["src/**"] }, pre_receive: { enforce: true } }
        profiles:
          gpu: { cpus: 1.5, memory: 2GiB, gpus: 2, executor: kube }
          cpu: { cpus: 1 }
        stages:
          each:
            run: echo ${matrix.k} > ${outputs.o}
            matrix: { k: ["{{ds}}", "'); import os; ('", "$(id)", "ü"], max_parallel: 2, fail_fast: false }
            outputs: { o: file }
            profiles: [{ use: gpu }, { use: cpu }]
            sources: []
          same-name:
            run: echo ${matrix.k}
            matrix: { k: [1, 2], max_parallel: 1 }
            grace: 90s
            sources: []
          same_name:
            run: echo ${matrix.k}
            matrix: { k: [1, 2], max_parallel: 2 }
            sources: []
          matrix-of-same-name:
            run: echo
            needs: [same_name]
            sources: []
          told:
            if: params.deep && (reference == 'refs/heads/main' || startsWith(reference, 'refs/tags/v}}'))
            run: cat ${inputs.o}
            inputs: { o: each.o }
            retry: { limit: 0 }
            sources: []
          half:
            if: changed('x') || !(reference in ['a', 'b'])
            run: echo
            retry: { limit: 3, backoff: { factor: 1.5 }, classes: [transient, resource], escalate: { memory: x2 } }
            sources: []
          never:
            if: params.n == 2
            run: echo
            sources: []
          always:
            run: echo
            needs: [never, half]
            after: any
            sources: []
        """
    ]
}
