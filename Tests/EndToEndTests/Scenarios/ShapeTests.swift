import Foundation
import SluiceTesting
import Testing

/// The answers that other programs build on: keys and types of the JSON shapes, and exit codes.
@Suite struct ShapeTests {
    @Test("`plan --json` has the keys and types that are documented")
    func plan() throws {
        let scene = try Scene(Toy.files, withHook: false)
        try expect(scene.sluice(["plan", "--json"]), Shapes.plan)
        #expect(try scene.sluice(["run", "--quiet"]).status == 0)
        let again = try scene.sluice(["plan", "--json"])
        try expect(again, Shapes.plan)
        let states = try JSON(parsing: again.output)["stages"]?.items.map { $0["cache"]?["state"]?.text }
        #expect(states == ["hit", "hit", "hit", "hit"])
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(of: "cost: 1.00", with: "cost: 0.001")
        try scene.commit(files)
        try scene.commit(["params.yaml": "lr: 0.2\n"])
        let refused = try scene.sluice(["plan", "--json"])
        try expect(refused, Shapes.plan)
        #expect(refused.status == 77)
    }

    @Test("`lint --json` has the keys and types that are documented, also where nothing is wrong")
    func lint() throws {
        let scene = try Scene(Toy.files, withHook: false)
        let shape = Shape.object(["schema": .exactly("sluice.lint/v1"), "diagnostics": .list(Shapes.diagnostic)])
        let good = try scene.sluice(["lint", "--json"])
        try expect(good, shape)
        #expect(good.status == 0)
        try scene.write(["pipelines/toy.yaml": Toy.pipeline + "\n  more: { rum: x }\n"])
        let bad = try scene.sluice(["lint", "--json"])
        try expect(bad, shape)
        #expect(bad.status == 65)
        #expect(try JSON(parsing: bad.output)["diagnostics"]?.items.isEmpty == false)
    }

    @Test("`runs list` and `runs show --json` have the keys and types that are documented, however a run ended")
    func runs() throws {
        let scene = try Scene(Toy.files, withHook: false)
        try expect(scene.sluice(["run", "--json"]), Shapes.run)
        try expect(scene.sluice(["run", "--json"]), Shapes.run)
        try scene.commit(Toy.single("run: echo oops >&2; kill -SEGV $$$$"))
        let failed = try scene.sluice(["run", "one", "--json"])
        try expect(failed, Shapes.run)
        let attempt = try JSON(parsing: failed.output)["stages"]?.items.first?["attempts"]?.items.first
        #expect(attempt?["signal"]?.text == "SIGSEGV")
        try scene.commit(Toy.single("rum: x"))
        try expect(scene.sluice(["run", "one", "--json"]), Shapes.run)
        for run in 1...4 { try expect(scene.sluice(["runs", "show", "\(run)", "--json"]), Shapes.run) }
        let list = try scene.sluice(["runs", "list", "--json"])
        try expect(list, .object(["schema": .exactly("sluice.runs/v1"), "runs": .list(.object(Shapes.head))]))
        let ids = try JSON(parsing: list.output)["runs"]?.items.compactMap { $0["id"]?.number }
        #expect(ids == [4, 3, 2, 1], "newest first")
    }

    @Test("`logs --json` gives a line with time, stream and text for everything that a stage printed")
    func logs() throws {
        let scene = try Scene(
            Toy.plugin(
                "echo loose; echo broken >&2; printf 'no newline \\033[31m' >&2\n"
                    + "say '\"type\":\"log\",\"level\":\"info\",\"message\":\"said\"'\nsay '\"type\":\"result\",\"status\":\"ok\"'"
            ),
            withHook: false)
        #expect(try scene.sluice(["run", "--quiet"]).status == 0)
        let logs = try scene.sluice(["logs", "1/only", "--json"])
        let shape = Shape.object(
            ["time": .time, "stream": .word(["stdout", "stderr", "log"]), "text": .string])
        var seen: Set<String> = []
        for line in logs.output.split(separator: "\n") {
            let value = try JSON(parsing: String(line))
            #expect(shape.violations(value).isEmpty, "\(line)")
            seen.insert("\(value["stream"]?.text ?? ""): \(value["text"]?.text ?? "")")
        }
        #expect(seen.contains("stdout: loose") && seen.contains("stderr: broken"), "\(seen)")
        #expect(seen.contains { $0.hasPrefix("log: ") && $0.contains("said") }, "\(seen)")
        let shown = try scene.sluice(["logs", "1/only"])
        #expect(shown.output.contains("no newline") && !shown.output.contains("\u{1B}"), "nothing obeys a stage's text")
    }

    @Test("`run --events -` numbers its events from 1 without holes, from planned to run_ended")
    func events() throws {
        let scene = try Scene(Toy.files, withHook: false)
        let run = try scene.sluice(["run", "--events", "-"])
        #expect(run.status == 0, "\(run.transcript)")
        let events = try run.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
        for event in events { #expect(Shapes.event.violations(event).isEmpty, "\(Shapes.event.violations(event))") }
        #expect(events.map { $0["seq"]?.number } == (1...max(1, events.count)).map(Double.init))
        let types = events.compactMap { $0["type"]?.text }
        #expect(types.first == "planned" && types.last == "run_ended")
        #expect(types.count { $0 == "attempt_started" } == 4 && types.count { $0 == "attempt_ended" } == 4)
        #expect(types.count { $0 == "stage_ended" } == 4 && types.count { $0 == "check_judged" } == 1)
        let times = events.compactMap { $0["time"]?.text }
        #expect(times == times.sorted())
    }

    @Test("`status --json` has the keys and types that are documented, with a run at work and without")
    func status() throws {
        let scene = try Scene()
        try scene.commit(Toy.single("run: until [ -e \(scene.ledger("go")) ]; do sleep 0.05; done\ntimeout: 2m"))
        try scene.git(["push", "--quiet", "origin", "main"])
        #expect(
            try comesToHold {
                try JSON(parsing: scene.sluice(["status", "--json"]).output)["runs"]?.items.first?["stages_running"]?
                    .items
                    == [.string("only")]
            })
        try expect(scene.sluice(["status", "--json"]), Shapes.status)
        scene.touch("go")
        try scene.waitForQuiet()
        let quiet = try scene.sluice(["status", "--json"])
        try expect(quiet, Shapes.status)
        #expect(try JSON(parsing: quiet.output)["recent"]?.items.count == 1)
    }

    @Test("`artifact list --json` names run, stage, digest, size and type")
    func artifacts() throws {
        let scene = try Scene(Toy.files, withHook: false)
        #expect(try scene.sluice(["run", "--quiet"]).status == 0)
        let artifact = Shape.object(
            ["stage": .string, "name": .string, "digest": .string, "size": .number, "type": .string])
        try expect(
            scene.sluice(["artifact", "list", "--json"]),
            .object(["schema": .exactly("sluice.artifacts/v1"), "run": .number, "artifacts": .list(artifact)]))
    }

    @Test("every kind of failure ends with its own exit code, and says why on stderr")
    func exitCodes() throws {
        let scene = try Scene(Toy.single("run: exit 3"), withHook: false)
        func expect(_ status: Int32, _ arguments: [String], in folder: String? = nil) throws {
            let done = try scene.sluice(arguments, in: folder)
            #expect(done.status == status, "\(arguments): \(done.transcript)")
            #expect(status == 0 || !(done.errors + done.output).isEmpty, "\(arguments) says nothing")
        }
        try expect(0, ["--help"])
        try expect(0, ["--version"])
        try expect(0, ["plan"])
        try expect(1, ["run"])
        for arguments in [
            ["frobnicate"], ["plan", "--nonsense"], ["runs", "show", "x"], ["run", "--events", "file"],
        ] {
            try expect(64, arguments)
        }
        try expect(64, ["run", "--worktree", "--revision", "HEAD"])
        try expect(64, ["logs", "1/nothing"])
        try expect(65, ["plan", "nothing"])
        try expect(74, ["plan"], in: scene.root)
        try expect(74, ["plan", "--revision", "no-such-branch"])
        try scene.commit(["pipelines/two.yaml": "schema: sluice/v1\nname: two\nstages: { x: { uses: nothing } }\n"])
        try expect(64, ["plan"])
        try expect(65, ["plan", "two"])
        try expect(65, ["run", "two"])
        try expect(65, ["lint"])
        try scene.git(["rm", "--quiet", "pipelines/two.yaml"])
        try scene.git(["mv", "pipelines/one.yaml", "one.yaml"])
        try FileManager.default.createSymbolicLink(
            atPath: scene.clone + "/pipelines/one.yaml", withDestinationPath: "../one.yaml")
        try scene.commit([:])
        try expect(65, ["plan"])
    }

    @Test("what libgit2 cannot read, and a repository without a commit, end with 74 and a sentence")
    func storage() throws {
        let scene = try Scene(withHook: false)
        let unborn = try scene.sluice(["plan"])
        #expect(unborn.status == 74 && unborn.errors.contains("no commit"), "\(unborn.transcript)")
        let folder = scene.root + "/sha256"
        try scene.git(["init", "--quiet", "--object-format=sha256", folder], in: scene.root)
        try scene.git(["commit", "--quiet", "--allow-empty", "--message", "x"], in: folder)
        for arguments in [["plan"], ["run"], ["lint"], ["hook", "install"]] {
            let done = try scene.sluice(arguments, in: folder)
            #expect(done.status == 74 && done.errors.contains("SHA-256"), "\(arguments): \(done.transcript)")
        }
        try Data("nothing".utf8).write(to: URL(filePath: scene.root + "/file"))
        let state = try scene.sluice(["runs", "list"], environment: ["SLUICE_HOME": scene.root + "/file"])
        #expect(state.status == 74 && state.errors.contains("not a folder"), "\(state.transcript)")
    }

    private func expect(_ done: ProgramRun, _ shape: Shape) throws {
        let violations = shape.violations(try JSON(parsing: done.output))
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))\n\(done.transcript)")
    }
}
