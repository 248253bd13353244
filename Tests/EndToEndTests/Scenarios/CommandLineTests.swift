import Foundation
import SluiceTesting
import Testing

/// What commands make of mistakes in their arguments and of places that take no answer.
@Suite struct CommandLineTests {
    private func single(_ stage: String = "run: \"true\"") throws -> Scene {
        let scene = try Scene(withHook: false)
        try scene.commit(Toy.single(stage))
        return scene
    }

    /// A command line of the binary, through the shell.
    private func shell(_ line: String, _ scene: Scene) throws -> ProgramRun {
        try ProgramRun.run(
            ["/bin/sh", "-c", line.replacing("sluice ", with: "'\(Scene.binary)' ")], environment: scene.environment,
            folder: scene.clone)
    }

    @Test(
        "a word that is no command is named, with the nearest one or with all that there are",
        arguments: [
            ("rnu", "sluice: there is no command `sluice rnu` (did you mean `run`?)"),
            ("runs shwo", "sluice: there is no command `sluice runs shwo` (did you mean `show`?)"),
            ("optimize x", "sluice: there is no command `sluice optimize x` (there are: `gate`, `lp`, `schedule`)"),
            ("runs list --limit 0", "sluice: --limit is at least 1"), ("plan -x", "sluice: Unknown option '-x'"),
            ("plan --dot --json", "sluice: --dot and --json both want stdout"),
        ])
    func unknownCommand(line: String, message: String) throws {
        let done = try Scene(withHook: false).sluice(line.split(separator: " ").map(String.init))
        #expect(done.status == 64 && done.output.isEmpty, "\(done.transcript)")
        #expect(done.errors.split(separator: "\n").first.map(String.init) == message)
    }

    @Test("the logs of a stage with a matrix are those of its instances, and an artifact needs one of them")
    func matrix() throws {
        let scene = try single("run: echo ${matrix.m} >&2\nmatrix: { m: [a, b] }")
        #expect(try scene.sluice(["run"]).status == 0)
        let logs = try scene.sluice(["logs", "1/only"])
        #expect(logs.status == 0, "\(logs.transcript)")
        #expect(Set(logs.output.split(separator: "\n")) == ["[only[m=a]] a", "[only[m=b]] b"])
        let artifact = try scene.sluice(["artifact", "get", "1/only/x"])
        #expect(artifact.errors.contains("(only[m=a], only[m=b])"), "\(artifact.transcript)")
    }

    @Test("an answer that cannot be written is an error; a reader who has gone, or who never was, is none")
    func lostAnswer() throws {
        let scene = try single()
        let full = try shell("sluice plan --json >/dev/full", scene)
        #expect(
            full.status == 74 && full.errors.contains("cannot write the answer: No space left"), "\(full.transcript)")
        #expect(try shell("sluice plan --json >&-", scene).status == 0)
        #expect(try shell("{ sluice plan --json; echo $? >&2; } | true", scene).errors == "0\n")
    }

    @Test("without a stdout of its own the process writes its answer into no file that it opens")
    func closedStreams() throws {
        let scene = try single()
        let done = try shell("sluice run --events - <&- >&- 2>&-", scene)
        #expect(done.status == 0, "\(done.transcript)")
        let found = try Scene.shell("grep -rl '\"schema\":\"sluice.event/v1\"' . || true", in: scene.home)
        #expect(
            found.split(separator: "\n").allSatisfy { $0.contains("sluice.sqlite") || $0.contains(".db") }, "\(found)")
        #expect(try scene.lastRun().outcome == "succeeded")
    }

    @Test("a report that has no place is told before the run, and a run's own status goes before that of its report")
    func reportWithoutPlace() throws {
        let scene = try single("run: \"false\"")
        for place in ["nowhere/junit.xml", scene.clone] {
            let done = try scene.sluice(["run", "--junit", place])
            #expect(done.status == 74 && done.errors.hasPrefix("sluice: cannot write \(place): "), "\(done.transcript)")
        }
        #expect(try scene.runCount() == 0)
        let full = try scene.sluice(["run", "--summary", "/dev/full"])
        #expect(full.status == 1 && full.errors.contains("cannot write /dev/full: No space left"), "\(full.transcript)")
        #expect(full.output.contains("✗ failed"), "\(full.transcript)")
    }

    @Test("a report goes to where a link leads, and to stdout behind the answer")
    func reportThroughLinks() throws {
        let scene = try single()
        try scene.write(["reports/run.xml": "old"])
        try FileManager.default.createSymbolicLink(
            atPath: scene.clone + "/junit.xml", withDestinationPath: "reports/run.xml")
        let done = try shell("sluice run --junit junit.xml --summary /dev/stdout >all; cat all", scene)
        #expect(
            done.output.contains("✓ succeeded") && done.output.contains("### ✓ succeeded: one"), "\(done.transcript)")
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: scene.clone + "/junit.xml")
        #expect(link == "reports/run.xml")
        let report = try String(contentsOfFile: scene.clone + "/reports/run.xml", encoding: .utf8)
        #expect(report.contains("<testsuites"))
    }

    @Test("a profile that no stage has is refused, with those that there are")
    func unknownProfile() throws {
        let done = try single().sluice(["plan", "--profile", "large"])
        #expect(done.status == 65 && done.errors.contains("[plan.unknown-profile]"), "\(done.transcript)")
        #expect(done.errors.contains("hint: profiles: `default`"), "\(done.errors)")
    }

    @Test("before the first commit a plan says how to go on, and the uncommitted state stands over no commit")
    func unborn() throws {
        let scene = try Scene(withHook: false)
        try scene.write(Toy.single("run: \"true\""))
        #expect(try scene.sluice(["plan"]).errors.contains("or take --worktree"))
        let plan = try scene.sluice(["plan", "--worktree"])
        #expect(
            plan.output.hasPrefix("plan of one  uncommitted state before the first commit on main"),
            "\(plan.transcript)")
    }

    @Test("in a locale without UTF-8 a report is ASCII to its last sign, and JSON stays as it is")
    func asciiLocale() throws {
        let scene = try single("run: \"true\"\nsources: []\nresources: { cpus: 4096, memory: 1MiB }")
        let plain = ["LC_ALL": "C"]
        for arguments in [["plan"], ["run", "-q"], ["explain"], ["runs", "show"], ["plan", "--against", "HEAD"]] {
            let done = try scene.sluice(arguments, environment: plain)
            #expect(
                done.output.utf8.allSatisfy { $0 < 0x80 } && done.errors.utf8.allSatisfy { $0 < 0x80 },
                "\(done.transcript)")
            #expect(
                arguments != ["plan"] || done.output.contains("fix: ") && done.output.contains(" -> "),
                "\(done.transcript)")
        }
        #expect(try scene.sluice(["plan", "--json"], environment: plain).output.contains(" → "))
    }

    @Test("a file for lint that is not there, and one that is no definition, are told apart")
    func lintPaths() throws {
        let scene = try single()
        try scene.write(["notes.txt": "x"])
        #expect(
            try scene.sluice(["lint", "pipelines/no.yaml"]).errors.hasPrefix(
                "sluice: there is no file pipelines/no.yaml ("))
        #expect(
            try scene.sluice(["lint", "notes.txt"]).errors.hasPrefix("sluice: notes.txt is no pipeline definition ("))
    }

    @Test("a configuration that SLUICE_CONFIG names has to be there")
    func missingConfiguration() throws {
        let done = try single().sluice(["plan"], environment: ["SLUICE_CONFIG": "/nowhere/sluice.yaml"])
        #expect(done.status == 74, "\(done.transcript)")
        #expect(done.errors == "sluice: there is no file /nowhere/sluice.yaml (SLUICE_CONFIG names it)\n")
    }

    @Test("hooks that are installed and taken out are answered in JSON; what is left keeps its settings")
    func hooks() throws {
        let scene = try Scene(withHook: false)
        let hook = { scene.bare + "/hooks/" + $0 }
        let made = try scene.json(scene.sluice(["hook", "install", "--json"], in: scene.bare))
        #expect(made["schema"] as? String == "sluice.hooks/v1")
        #expect(made["installed"] as? [String] == [hook("post-receive"), hook("pre-receive")])
        let gone = try scene.json(scene.sluice(["hook", "uninstall", "pre-receive", "--json"], in: scene.bare))
        #expect(gone["removed"] as? [String] == [hook("pre-receive")] && gone["installed"] as? [String] == [])
        #expect(try scene.git(["config", "transfer.hideRefs"], in: scene.bare).output == "refs/sluice\n")
        #expect(try !scene.git(["config", "sluice.path"], in: scene.bare).output.isEmpty)
        #expect(try scene.sluice(["hook", "uninstall"], in: scene.bare).status == 0)
        let left = try Scene.shell("git config --get-regexp 'sluice.path|hiderefs' || true", in: scene.bare)
        #expect(left.isEmpty, "\(left)")
    }
}
