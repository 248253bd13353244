import Foundation
import Glibc
import SluiceTesting
import Testing

/// `sluice plugin`: what there is, a new one, and whether one keeps the contract.
@Suite struct PluginTests {
    @Test("a new plugin passes its test as it is", arguments: ["python", "shell"])
    func new(language: String) throws {
        let scene = try Scene(withHook: false)
        let made = try scene.sluice(["plugin", "new", "count-lines", "--language", language])
        #expect(made.status == 0, "\(made.transcript)")
        try expectConformant("plugins/count-lines", in: scene)
    }

    @Test("a new plugin in Swift, built from the template's source, passes its test")
    func newInSwift() throws {
        let scene = try Scene(withHook: false)
        let made = try scene.sluice(["plugin", "new", "count-lines", "--language", "swift"])
        #expect(made.status == 0, "\(made.transcript)")
        let folder = scene.clone + "/plugins/count-lines"
        // The SDK is there as files; the same sources are built with this package.
        #expect(FileManager.default.fileExists(atPath: folder + "/Sources/PluginContract/SDK/SluicePlugin.swift"))
        #expect(FileManager.default.fileExists(atPath: folder + "/Sources/count-lines/CountLines.swift"))
        let built = URL(filePath: Scene.binary).deletingLastPathComponent().appending(path: "CountLines").path
        try FileManager.default.copyItem(atPath: built, toPath: folder + "/count-lines")
        try expectConformant("plugins/count-lines", in: scene)
    }

    private static let hasSwift = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/swift")
    }

    @Test(
        "a new plugin in Swift is built by its own script, and passes its test",
        .enabled(if: hasSwift, "there is no `swift` in PATH"))
    func builtByItsScript() throws {
        let scene = try Scene(withHook: false)
        #expect(try scene.sluice(["plugin", "new", "count-lines", "--language", "swift"]).status == 0)
        let built = try ProgramRun.run(
            ["\(scene.clone)/plugins/count-lines/build"], environment: scene.environment, folder: scene.clone)
        #expect(built.status == 0, "\(built.transcript)")
        try expectConformant("plugins/count-lines", in: scene)
    }

    @Test("a new plugin runs as a stage")
    func newAsStage() throws {
        let scene = try Scene(withHook: false)
        #expect(try scene.sluice(["plugin", "new", "count-lines", "--language", "shell"]).status == 0)
        try scene.commit(
            Toy.single("uses: count-lines\ninputs: { text: README }\nwith: { at_least: 2 }")
                .merging(["README": "one\ntwo\n"]) { $1 })
        let run = try scene.sluice(["run"])
        #expect(run.status == 0, "\(run.transcript)")
        #expect(try scene.lastRun().outcome(of: "only") == "succeeded")
    }

    @Test("every bundled plugin keeps the contract")
    func bundled() throws {
        // One scene, for all four share one Python environment.
        let scene = try Scene(withHook: false)
        let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        for name in ["prepare-tabular", "train-sklearn", "evaluate-classifier", "deploy-local"] {
            let tested = try scene.sluice(["plugin", "test", "\(root)/plugins/\(name)", "--quiet"])
            #expect(tested.status == 0, "\(tested.transcript)")
        }
    }

    @Test(
        "a Python environment is built for a test as for a run: behind the wall that the operator wants",
        .enabled(if: SandboxTests.works, "bubblewrap cannot wall anything in on this machine"))
    func walledEnvironment() throws {
        let scene = try Scene(Toy.single("uses: odd\nsources: []"), withHook: false)
        try scene.commit([
            "plugins/odd/plugin.yaml": """
            name: odd
            version: 1.0.0
            protocol: sluice/1
            role: other
            command: [python3, ./odd.py]
            python: { requirements: requirements.txt }
            """,
            "plugins/odd/odd.py": "pass\n", "plugins/odd/requirements.txt": "something==1.0\n",
        ])
        try scene.write([
            "../bin/uv*": "#!/bin/sh\n[ -e \(scene.home)/sluice.db ] && echo sees the state\nexit 1\n"
        ])
        func words(_ arguments: [String], sandbox: String) throws -> String {
            try scene.configure("executors: { local: { sandbox: \(sandbox) } }\n", in: scene.clone + "/.git")
            let path = "\(scene.root)/bin:\(scene.environment["PATH"] ?? "")"
            let done = try scene.sluice(arguments, environment: ["PATH": path])
            #expect(done.status != 0 && done.transcript.contains("cannot be installed"), "\(done.transcript)")
            return done.transcript
        }
        for arguments in [["run"], ["plugin", "test", "plugins/odd"]] {
            #expect(try words(arguments, sandbox: "off").contains("sees the state"), "\(arguments)")
            #expect(try !words(arguments, sandbox: "auto").contains("sees the state"), "\(arguments)")
            #expect(try !words(arguments, sandbox: "strict").contains("sees the state"), "\(arguments)")
        }
    }

    @Test("a plugin that breaks the contract fails, with a JUnit report that says so")
    func broken() throws {
        let scene = try Scene(withHook: false)
        try scene.write([
            "plugins/odd/plugin.yaml":
                "name: odd\nversion: 1.0.0\nprotocol: sluice/1\nrole: other\ncommand: [sh, ./odd.sh]\n",
            "plugins/odd/odd.sh": "read -r start\necho '{\"type\":\"result\",\"status\":\"ok\"}'\n",
        ])
        let tested = try scene.sluice(["plugin", "test", "plugins/odd", "--case", "lines.*", "--junit", "report.xml"])
        #expect(tested.status == 1)
        #expect(tested.output.contains("✗ lines.token"))
        let report = try String(contentsOfFile: scene.clone + "/report.xml", encoding: .utf8)
        #expect(report.contains("<testcase classname=\"odd.lines\" name=\"lines.token\""))
        #expect(report.contains("failures=\"1\""))
        let none = try scene.sluice(["plugin", "test", "plugins/odd", "--case", "nothing.*"])
        #expect(none.status == 1 && none.output.contains("no case was tried"))
    }

    @Test(
        "a plugin with a folder as input and the verb `cleanup` is tested by a user who is not root",
        .enabled(if: geteuid() == 0, "only root can become another user"))
    func ordinaryUser() throws {
        let scene = try Scene(withHook: false)
        try scene.write([
            "plugins/odd/plugin.yaml":
                "name: odd\nversion: 1.0.0\nprotocol: sluice/1\nrole: other\ncommand: [sh, ./odd.sh]\n"
                + "verbs: [run, cleanup]\ninputs: { data: { type: folder } }\n",
            "plugins/odd/odd.sh":
                "read -r start\ntoken=$(printf %s \"$start\" | sed 's/.*\"token\":\"\\([0-9a-f]*\\)\".*/\\1/')\n"
                + "printf '{\"token\":\"%s\",\"type\":\"result\",\"status\":\"ok\"}\\n' \"$token\"\n",
            "plugins/odd/conformance/one.yaml": "inputs: { data: data }\n", "plugins/odd/conformance/data/a": "1\n",
        ])
        _ = try Scene.shell("mv plugins/odd ../odd && chmod -R a+rX .. && mkdir -m 1777 ../free", in: scene.clone)
        let answer = try Scene.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups env -i PATH=\"$PATH\" "
                + "TMPDIR='\(scene.root)/free' SLUICE_HOME='\(scene.root)/free/home' "
                + "'\(Scene.binary)' plugin test . --case 'cleanup.*' 2>&1 || true", in: scene.root + "/odd")
        #expect(answer.contains("✓ cleanup.after-run") && answer.contains("✓ cleanup.twice"), "\(answer)")
        #expect(!answer.contains("✗"), "\(answer)")
    }

    @Test("an example that the manifest does not allow is shown with its line, and nothing is tried")
    func badExample() throws {
        let scene = try Scene(withHook: false)
        #expect(try scene.sluice(["plugin", "new", "count-lines", "--language", "shell"]).status == 0)
        try scene.write([
            "plugins/count-lines/conformance/bad.yaml":
                "params:\n  at_least: -1\ninputs: { test: three-lines.txt }\nexpect: fine\n"
        ])
        let tested = try scene.sluice(["plugin", "test", "plugins/count-lines"])
        #expect(tested.status == 65 && tested.output.isEmpty)
        for words in ["bad.yaml:2:13", "`at_least`", "no input `test`", "`text` is required", "cannot be `fine`"] {
            #expect(tested.errors.contains(words), "\(words) in \(tested.errors)")
        }
    }

    @Test("a recorded test is the same again")
    func replay() throws {
        let scene = try Scene(withHook: false)
        #expect(try scene.sluice(["plugin", "new", "count-lines", "--language", "shell"]).status == 0)
        let folder = "plugins/count-lines"
        let recorded = try scene.sluice(["plugin", "test", folder, "--case", "start.*", "--record", "bug.jsonl"])
        #expect(recorded.status == 0, "\(recorded.transcript)")
        let same = try scene.sluice(["plugin", "test", folder, "--replay", "bug.jsonl"])
        #expect(same.status == 0, "\(same.transcript)")
        let program = scene.clone + "/plugins/count-lines/plugin"
        let text = try String(contentsOfFile: program, encoding: .utf8)
        try text.replacing("metric lines", with: "metric rows").write(
            toFile: program, atomically: false, encoding: .utf8)
        let changed = try scene.sluice(["plugin", "test", folder, "--replay", "bug.jsonl"])
        #expect(changed.status == 1)
        #expect(changed.output.contains("message 1: now      {\"name\":\"rows\""), "\(changed.transcript)")
        #expect(changed.errors.contains("recorded with count-lines"))
    }

    @Test("`logs --transcript` shows what runner and plugin said in a real run, of every attempt, not of `run` lines")
    func transcript() throws {
        var files = Toy.plugin(
            "say '\"type\":\"error\",\"class\":\"transient\",\"code\":\"x\",\"message\":\"m\"'; exit 20")
        files["pipelines/one.yaml"]? += "\n  line: { run: 'true' }\n"
        let scene = try Scene(files, withHook: false)
        #expect(try scene.sluice(["run"]).status == 1)
        let shown = try scene.sluice(["logs", "1", "--transcript"])
        let lines = shown.output.split(separator: "\n").map { String($0.prefix(47)) }
        let attempt = [
            #"[only] runner: {"attempt":N,"commit":{"oid":""#, #"[only] plugin: {"token":"${token}","type":"err"#,
            "[only] plugin: (exited with 20)",
        ]
        let expected = ["1", "2"].flatMap { number in attempt.map { $0.replacing("N", with: number) } }
        #expect(
            zip(lines, expected).allSatisfy { $0.hasPrefix($1) || $1.hasPrefix($0) } && lines.count == 6,
            "\(shown.transcript)")
        #expect(!shown.output.contains(scene.home) && shown.output.contains("${attempt}/work"))
        let json = try scene.sluice(["logs", "1/only", "--transcript", "--json"]).output.split(separator: "\n")
        #expect(json.count == 6 && json.allSatisfy { $0.contains(#""stream":"runner""#) || $0.contains(#""plugin""#) })
        #expect(try scene.sluice(["logs", "1/line", "--transcript"]).output.isEmpty)
    }

    @Test("list and show say what a name stands for, what it hides, and why one is invalid")
    func listing() throws {
        let scene = try Scene(withHook: false)
        #expect(try scene.sluice(["plugin", "new", "count-lines", "--language", "shell"]).status == 0)
        try scene.write([
            "plugins/broken/plugin.yaml": "name: broken\nversion: 1.0.0\nprotocol: sluice/9\nrole: cook\n",
            "plugins/train-sklearn/plugin.yaml":
                "name: train-sklearn\nversion: 9.0.0\nprotocol: command\nrole: train\ncommand: [\"true\"]\n",
        ])
        try scene.commit([:])
        let list = try scene.json(scene.sluice(["plugin", "list", "--json"]))
        let plugins = (list["plugins"] as? [[String: Any]] ?? []).map { plugin in
            (plugin["name"] as? String ?? "", plugin["valid"] as? Bool, plugin["origin"] as? String)
        }
        #expect(list["schema"] as? String == "sluice.plugins/v1")
        #expect(plugins.contains { $0 == ("count-lines", true, "tree") })
        #expect(plugins.contains { $0 == ("deploy-local", true, "bundled") })
        #expect(plugins.contains { $0 == ("broken", false, "tree") })
        let shown = try scene.sluice(["plugin", "show", "train-sklearn"])
        #expect(shown.status == 0)
        #expect(shown.output.contains("train-sklearn 9.0.0") && shown.output.contains("hides the bundled plugin"))
        let broken = try scene.sluice(["plugin", "show", "broken"])
        #expect(broken.status == 65)
        for words in [
            "✗ invalid", "the protocol `sluice/9` is not spoken here", "`role` cannot be `cook`", "has no `command`",
        ] {
            #expect(broken.output.contains(words), "\(words) in \(broken.output)")
        }
        let params = try scene.sluice(["plugin", "show", "count-lines"])
        #expect(params.output.contains("at_least") && params.output.contains("≥ 0"))
        #expect(try scene.sluice(["plugin", "show", "no-such"]).status == 65)
    }

    private func expectConformant(_ folder: String, in scene: Scene) throws {
        let tested = try scene.sluice(["plugin", "test", folder, "--json"])
        let report = try scene.json(tested)
        #expect(tested.status == 0, "\(tested.transcript)")
        #expect(report["schema"] as? String == "sluice.conformance/v1")
        #expect((report["passed"] as? Int ?? 0) >= 40)
    }
}
