import Foundation
import SluiceTesting
import Testing
import Yams

/// `sluice export`: the same bytes for the same commit, and nothing that its target would not read.
@Suite struct ExportTests {
    private func export(_ target: String, _ options: [String], in scene: Scene) throws -> String {
        try Exports.export(target, options, in: scene)
    }

    private func golden(_ name: String, _ text: String) throws {
        let url = URL(filePath: Exports.root + "/Tests/EndToEndTests/Fixtures/" + name)
        if ProcessInfo.processInfo.environment["SLUICE_RECORD"] == "1" {
            return try Data(text.utf8).write(to: url)
        }
        #expect(try text == String(decoding: Data(contentsOf: url), as: UTF8.self), "differs from \(name)")
    }

    @Test("the example pipeline is the same bytes in every target's words, wherever it is exported")
    func goldens() throws {
        let scene = try Exports.example()
        for target in Exports.targets {
            try golden(target.file, export(target.name, target.options, in: scene))
            let diagnostics = try scene.sluice(["export", target.name] + target.options).errors
            try golden(target.name + ".txt", diagnostics)
        }
    }

    @Test("a Workflow keeps order, conditions, retries, requests and what runs at a time")
    func argo() throws {
        let scene = try Exports.scene(Exports.odd)
        let text = try export("argo", Exports.targets[0].options + ["--set", Exports.override], in: scene)
        let document = try #require(try Yams.load(yaml: text) as? [String: Any])
        let spec = try #require(document["spec"] as? [String: Any])
        let templates = try #require(spec["templates"] as? [[String: Any]])
        func template(_ name: String) -> [String: Any] { templates.first { $0["name"] as? String == name } ?? [:] }
        let tasks = try #require((template("pipeline")["dag"] as? [String: Any])?["tasks"] as? [[String: Any]])
        func task(_ name: String) -> [String: Any] { tasks.first { $0["name"] as? String == name } ?? [:] }
        #expect(template("matrix-of-each")["parallelism"] as? Int == 2)
        #expect(task("told")["depends"] as? String == "(matrix-of-each.Succeeded || matrix-of-each.Skipped)")
        #expect(
            task("told")["when"] as? String
                == #"{{=(workflow.parameters.reference == 'refs/heads/main') || (workflow.parameters.reference startsWith 'refs/tags/v\u007d\u007d')}}"#
        )
        #expect(template("pipeline")["dag"] != nil && spec["priority"] as? Int == -2)
        #expect(spec["synchronization"] as? [String: [[String: String]]] == ["mutexes": [["name": "sluice-odd"]]])
        #expect(
            template("stage-same-name-k-1")["podSpecPatch"] as? String == #"{"terminationGracePeriodSeconds": 110}"#)
        #expect(task("half")["when"] == nil, "what Argo cannot judge counts as true")
        let commit = try scene.git(["rev-parse", "HEAD"]).output.trimmingCharacters(in: .newlines)
        #expect(
            task("never")["when"] as? String == "{{=workflow.parameters.commit != '\(commit)'}}",
            "another commit may have other params")
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

    @Test("matrices and stages whose names differ only in what Argo does not take stay apart")
    func collisions() throws {
        let text = try export("argo", Exports.targets[0].options, in: Exports.scene(Exports.odd))
        let spec = try #require((try Yams.load(yaml: text) as? [String: Any])?["spec"] as? [String: Any])
        let templates = try #require(spec["templates"] as? [[String: Any]])
        let parallelism = templates.filter { $0["parallelism"] != nil }.map {
            "\($0["name"] ?? "") \($0["parallelism"] ?? "") \((($0["dag"] as? [String: Any])?["tasks"] as? [Any])?.count ?? 0)"
        }
        #expect(parallelism == ["matrix-of-each 2 4", "matrix-of-same-name-2 1 2", "matrix-of-same-name-3 2 2"])
        #expect(text.contains("depends: \"(matrix-of-same-name-3.Succeeded || matrix-of-same-name-3.Skipped)\""))
    }

    @Test("no text of a pipeline is code of a DAG file, and each arrives as it was")
    func airflow() throws {
        let scene = try Exports.scene(Exports.odd)
        let text = try export("airflow", ["--set", Exports.override], in: scene)
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
        try scene.write(["dag.py": export("airflow", [], in: Exports.example())])
        #expect(try parts().0 == statements, "as many statements as any other pipeline has")
    }

    @Test("a DAG has the name that it is given, if Airflow takes it, and its stages' attempts are its own")
    func dagID() throws {
        let scene = try Exports.example()
        let text = try export("airflow", ["--dag-id", "team-a.train"], in: scene)
        #expect(text.contains("DAG_ID = \"team-a.train\"\n") && text.contains("PIPELINE = \"breast-cancer\"\n"))
        for bad in ["", "a b", "a/b", String(repeating: "x", count: 251)] {
            #expect(try scene.sluice(["export", "airflow", "--dag-id", bad]).status == 64, "\(bad)")
        }
    }

    @Test("what a target cannot say is told with its line; --strict writes nothing then and ends with 65")
    func strict() throws {
        let scene = try Exports.scene(Exports.odd)
        let told = try scene.sluice(["export", "airflow"])
        #expect(told.status == 0)
        for id in ["no-state", "profiles", "max-parallel", "escalation", "backoff", "executor", "outcome"] {
            #expect(told.errors.contains("[export.\(id)]"), "\(id): \(told.errors)")
        }
        #expect(told.errors.contains("pipelines/odd.yaml:12:3: warning: `max_parallel` of `each`"), "\(told.errors)")
        let strict = try scene.sluice(["export", "airflow", "--strict", "--output", "dag.py"])
        #expect(strict.status == 65 && strict.errors.contains("error: "))
        #expect(!FileManager.default.fileExists(atPath: scene.clone + "/dag.py"))
        #expect(try scene.sluice(["export", "airflow", "--quiet", "--output", "dag.py"]).status == 0)
        #expect(FileManager.default.fileExists(atPath: scene.clone + "/dag.py"))
    }

    @Test("a tag of the target's language in an option, a param's name or a branch is refused, and nothing is written")
    func tags() throws {
        let scene = try Exports.scene([
            "pipelines/p.yaml": "schema: sluice/v1\nname: p\nparams: { '${{ x }}': 1 }\nstages: { a: { run: echo } }\n"
        ])
        for (target, _, options) in Exports.targets {
            let run = try scene.sluice(["export", target, "--set", "${{ x }}=2"] + options)
            #expect(
                run.status == 65 && run.output.isEmpty && run.errors.contains("[export.override]"), "\(run.transcript)")
        }
        let image = try scene.sluice(["export", "argo", "--image", "{{x}}", "--claim", "c"])
        #expect(image.status == 64, "\(image.transcript)")
        try scene.git(["checkout", "--quiet", "-b", "{{x}}"])
        let branch = try scene.sluice(["export", "argo"] + Exports.targets[0].options)
        #expect(branch.status == 65 && branch.errors.contains("[export.reference]"), "\(branch.transcript)")
    }
}
