import Foundation
import SluiceTesting
import Testing
import Yams

/// `sluice export`: the same bytes for the same commit, and nothing that its target would not read.
@Suite struct ExportTests {
    private static let targets: [(name: String, file: String, options: [String])] = [
        ("argo", "argo.yaml", ["--image", "registry.example/sluice:1", "--claim", "exchange"]),
        ("airflow", "airflow.py", ["--repository", "/srv/repository", "--exchange", "/srv/exchange"]),
        ("github-actions", "github-actions.yml", []), ("gitlab", "gitlab-ci.yml", []),
    ]
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    /// Where `scripts/test` puts hera and check-jsonschema.
    private static let validators = getenv("SLUICE_TEST_VALIDATORS").map { String(cString: $0) }

    /// A repository whose commit is the same everywhere.
    private func scene(_ files: [String: String]) throws -> Scene {
        let scene = try Scene(withHook: false)
        try scene.write(files)
        try scene.git(["add", "--all"])
        let date = "2026-01-01T00:00:00Z"
        try scene.git(
            ["commit", "--quiet", "--message", "An example"],
            environment: ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date])
        return scene
    }

    private func example() throws -> Scene {
        var files: [String: String] = [:]
        for path in ["pipelines/breast-cancer.yaml", "params.yaml", "data/breast_cancer.csv"] {
            files[path] = try String(contentsOfFile: Self.root + "/" + path, encoding: .utf8)
        }
        return try scene(files)
    }

    private func export(_ target: String, _ options: [String], in scene: Scene) throws -> String {
        let run = try scene.sluice(["export", target, "--quiet"] + options)
        #expect(run.status == 0, "\(run.transcript)")
        return run.output
    }

    private func golden(_ name: String, _ text: String) throws {
        let url = URL(filePath: Self.root + "/Tests/EndToEndTests/Fixtures/" + name)
        if ProcessInfo.processInfo.environment["SLUICE_RECORD"] == "1" {
            return try Data(text.utf8).write(to: url)
        }
        #expect(try text == String(decoding: Data(contentsOf: url), as: UTF8.self), "differs from \(name)")
    }

    @Test("the example pipeline is the same bytes in every target's words, wherever it is exported")
    func goldens() throws {
        let scene = try example()
        for target in Self.targets {
            try golden(target.file, export(target.name, target.options, in: scene))
            let diagnostics = try scene.sluice(["export", target.name] + target.options).errors
            try golden(target.name + ".txt", diagnostics)
        }
    }

    @Test("models and schemas of the targets take what is written, and know every key")
    func validated() throws {
        guard let validators = Self.validators else { return }
        let (example, odd) = (try example(), try scene(Self.odd))
        for (scene, options) in [(example, []), (odd, ["--set", Self.override])] {
            for target in Self.targets where target.name != "airflow" {
                try scene.write([target.file: export(target.name, target.options + options, in: scene)])
            }
            let tools = [
                [validators + "/python", Self.root + "/scripts/check-workflow", "argo.yaml"],
                [
                    validators + "/check-jsonschema", "--builtin-schema", "vendor.github-workflows",
                    "github-actions.yml",
                ],
                [
                    validators + "/check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform",
                    "gitlab-ci", "gitlab-ci.yml",
                ],
            ]
            for tool in tools {
                let run = try ProgramRun.run(tool, environment: scene.environment, folder: scene.clone)
                #expect(run.status == 0, "\(run.transcript)")
            }
        }
        try odd.write(["argo.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: { entrypont: x }\n"])
        let refused = try ProgramRun.run(
            [validators + "/python", Self.root + "/scripts/check-workflow", "argo.yaml"],
            environment: odd.environment, folder: odd.clone)
        #expect(refused.status != 0, "the check refuses an unknown key")
    }

    private static let override = #"q={"a":"{{x}} ${{ y }} $(id) \"); import os\n'''\\"}"#
    private static let odd = [
        "pipelines/odd.yaml": """
        schema: sluice/v1
        name: odd
        description: "'''\\n\\"\\"\\" {{ x }} \\\\"
        params: { q: 1, n: 1, deep: true }
        triggers: { push: { branches: ["a+b/**", "x?"], paths: ["src/**"] } }
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

    @Test("a Workflow keeps order, conditions, retries, requests and what runs at a time")
    func argo() throws {
        let scene = try scene(Self.odd)
        let text = try export("argo", Self.targets[0].options + ["--set", Self.override], in: scene)
        let document = try #require(try Yams.load(yaml: text) as? [String: Any])
        let templates = try #require((document["spec"] as? [String: Any])?["templates"] as? [[String: Any]])
        func template(_ name: String) -> [String: Any] { templates.first { $0["name"] as? String == name } ?? [:] }
        let tasks = try #require((template("pipeline")["dag"] as? [String: Any])?["tasks"] as? [[String: Any]])
        func task(_ name: String) -> [String: Any] { tasks.first { $0["name"] as? String == name } ?? [:] }
        #expect(template("matrix-of-each")["parallelism"] as? Int == 2)
        #expect(task("told")["depends"] as? String == "(matrix-of-each.Succeeded || matrix-of-each.Skipped)")
        #expect(
            task("told")["when"] as? String
                == #"{{=(workflow.parameters.reference == 'refs/heads/main') || (workflow.parameters.reference startsWith 'refs/tags/v\u007d\u007d')}}"#
        )
        #expect(task("half")["when"] == nil, "what Argo cannot judge counts as true")
        #expect(task("never")["when"] as? String == "false")
        #expect((task("always")["depends"] as? String)?.contains("half.Errored") == true)
        #expect(template("stage-told")["retryStrategy"] == nil)
        #expect((template("stage-half")["retryStrategy"] as? [String: Any])?["limit"] as? Int == 3)
        let each = try #require(template("stage-each-k-ds")["container"] as? [String: Any])
        let limits = (each["resources"] as? [String: Any])?["limits"] as? [String: String]
        #expect(limits == ["cpu": "1500m", "memory": "\(2_147_483_648 + (128 << 20))", "nvidia.com/gpu": "2"])
        for word in try #require(each["args"] as? [String]) where word.contains("{{") {
            #expect(word.contains("{{workflow."), "a tag that no pipeline may bring: \(word)")
        }
    }

    @Test("no text of a pipeline is code of a DAG file, and each arrives as it was")
    func airflow() throws {
        let scene = try scene(Self.odd)
        let text = try export("airflow", ["--set", Self.override], in: scene)
        try scene.write(["dag.py": text])
        let program = """
            import ast, json
            tree = ast.parse(open("dag.py", encoding="utf-8").read())
            values = {}
            for node in tree.body:
                if isinstance(node, ast.Assign):
                    values[node.targets[0].id] = ast.literal_eval(node.value)
            print(json.dumps([len(tree.body), values]))
            """
        func parts() throws -> (Int, [String: Any]) {
            let run = try ProgramRun.run(
                ["python3", "-c", program], environment: scene.environment, folder: scene.clone)
            let read = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [Any]
            return (try #require(read?[0] as? Int), try #require(read?[1] as? [String: Any]))
        }
        let (statements, values) = try parts()
        #expect(values["DESCRIPTION"] as? String == "'''\n\"\"\" {{ x }} \\")
        let stages = try #require(values["STAGES"] as? [String: [String: Any]])
        #expect((stages["told"]?["needs"] as? [String])?.count == 4)
        #expect(stages["always"]?["trigger_rule"] as? String == "all_done")
        #expect(!text.contains("{{ds"), "a tag of Jinja")
        try scene.write(["dag.py": export("airflow", [], in: example())])
        #expect(try parts().0 == statements, "as many statements as any other pipeline has")
    }

    @Test("what a target cannot say is told with its line; --strict writes nothing then and ends with 65")
    func strict() throws {
        let scene = try scene(Self.odd)
        let told = try scene.sluice(["export", "airflow"])
        #expect(told.status == 0)
        for id in ["no-state", "profiles", "max-parallel", "escalation", "backoff", "executor", "outcome"] {
            #expect(told.errors.contains("[export.\(id)]"), "\(id): \(told.errors)")
        }
        #expect(told.errors.contains("pipelines/odd.yaml:10:3: warning: `max_parallel` of `each`"), "\(told.errors)")
        let strict = try scene.sluice(["export", "airflow", "--strict", "--output", "dag.py"])
        #expect(strict.status == 65 && strict.errors.contains("error: "))
        #expect(!FileManager.default.fileExists(atPath: scene.clone + "/dag.py"))
        #expect(try scene.sluice(["export", "airflow", "--quiet", "--output", "dag.py"]).status == 0)
        #expect(FileManager.default.fileExists(atPath: scene.clone + "/dag.py"))
        let tag = try scene.sluice(["export", "argo", "--image", "{{x}}", "--claim", "c"])
        #expect(tag.status == 64, "\(tag.transcript)")
    }
}
