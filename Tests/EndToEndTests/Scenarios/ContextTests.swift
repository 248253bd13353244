import Foundation
import SluiceTesting
import Testing

/// Repositories as people have them: worktrees, clones of clones, odd folders, odd files.
@Suite struct ContextTests {
    @Test("in a linked worktree, its own HEAD and files count, and the record names the repository")
    func linkedWorktree() throws {
        let scene = try Scene(Toy.files, withHook: false)
        let side = scene.root + "/side"
        try scene.git(["worktree", "add", "--quiet", "-b", "side", side])
        try write("params.yaml", "lr: 0.9\n", in: side)
        try scene.git(["commit", "--quiet", "--all", "--message", "Side"], in: side)
        let run = try scene.run(["--stage", "train"], in: side)
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(run.revision["reference"] as? String == "refs/heads/side")
        #expect(try run.revision["oid"] as? String == scene.head(in: side))
        #expect(run.json["repository"] as? String == scene.clone + "/.git", "\(run.json)")
        try write("params.yaml", "lr: 1.9\n", in: side)
        let dirty = try scene.run(["--worktree", "--stage", "train"], in: side)
        #expect(dirty.cacheReason(of: "train")?.contains("0.9 → 1.9") == true, "\(dirty.json)")
        #expect(try scene.sluice(["plan"]).output.contains("on main"), "the first one is as it was")
    }

    @Test("a folder of the repository is as good as its top, also for the paths of lint")
    func subfolder() throws {
        let scene = try Scene(Toy.files, withHook: false)
        let folder = scene.clone + "/data"
        #expect(try scene.sluice(["plan"], in: folder).output == scene.sluice(["plan"]).output)
        #expect(try scene.sluice(["run", "--quiet"], in: folder).status == 0)
        for path in ["pipelines/toy.yaml", "../pipelines/toy.yaml", scene.clone + "/pipelines/toy.yaml"] {
            let lint = try scene.sluice(["lint", path], in: folder)
            #expect(lint.status == 0, "\(path): \(lint.transcript)")
        }
        #expect(try scene.sluice(["lint", "toy.yaml"], in: scene.clone + "/pipelines").status == 0)
        #expect(try scene.sluice(["lint", "../data/rows.csv"], in: folder).status == 64)
        #expect(try scene.sluice(["lint", "../../pipelines/toy.yaml"], in: folder).status == 64)
    }

    @Test("a detached HEAD has no reference: what is for main is skipped")
    func detached() throws {
        let scene = try Scene(Toy.files, withHook: false)
        try scene.git(["checkout", "--quiet", "--detach"])
        let run = try scene.run()
        #expect(run.outcome == "succeeded" && run.outcome(of: "deploy") == "skipped", "\(run.json)")
        #expect(run.revision["reference"] is NSNull && run.revision["trusted"] as? Bool == true)
    }

    @Test("a shallow clone runs; what cannot be compared there counts as changed")
    func shallow() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(
            of: "  deploy:\n    uses: ship\n    if: reference == 'refs/heads/main'",
            with: "  deploy:\n    uses: ship\n    if: changed(\"data/**\")")
        let scene = try Scene(files, withHook: false)
        try scene.commit(["notes.txt": "1"])
        try scene.commit(["notes.txt": "2"])
        try scene.push()
        let shallow = scene.root + "/shallow"
        try scene.git(["clone", "--quiet", "--depth", "1", "file://" + scene.bare, shallow], in: scene.root)
        let run = try scene.run(in: shallow)
        #expect(run.outcome == "succeeded" && run.outcome(of: "deploy") == "succeeded", "\(run.json)")
        let deep = try scene.run()
        #expect(deep.outcome(of: "deploy") == "skipped", "the same commit with its history: only notes changed")
    }

    @Test("a bare repository is planned, linted and run by its own HEAD or by a named revision")
    func bare() throws {
        let scene = try Scene(Toy.files, withHook: false)
        try scene.push()
        #expect(try scene.sluice(["lint"], in: scene.bare).status == 0)
        #expect(try scene.sluice(["plan"], in: scene.bare + "/refs").status == 0)
        #expect(try scene.sluice(["plan", "--worktree"], in: scene.bare).status == 64)
        #expect(try scene.run(in: scene.bare).outcome == "succeeded")
        let pushed = try ProgramRun.run(
            ["git", "-C", scene.clone, "push", "origin", "HEAD:refs/heads/other"], environment: scene.environment,
            folder: scene.root)
        #expect(pushed.status == 0)
        let other = try scene.sluice(["plan", "--revision", "other"], in: scene.bare)
        #expect(other.output.contains("other"), "\(other.transcript)")
    }

    @Test("pre-push judges a push from a linked worktree, with `git -c`, and with a hooks folder of its own")
    func prePush() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(of: "cost: 1.00", with: "cost: 0.001")
        let scene = try Scene(files, withHook: false)
        try scene.git(["config", "core.hooksPath", scene.root + "/hooks"])
        try FileManager.default.createDirectory(atPath: scene.root + "/hooks", withIntermediateDirectories: true)
        let installed = try scene.sluice(["hook", "install"])
        #expect(installed.status == 0 && FileManager.default.fileExists(atPath: scene.root + "/hooks/pre-push"))
        #expect(!FileManager.default.fileExists(atPath: scene.clone + "/.git/hooks/pre-push"))
        let side = scene.root + "/side"
        try scene.git(["worktree", "add", "--quiet", "-b", "side", side])
        for (arguments, folder) in [
            (["push", "origin", "side"], side), (["-c", "a.b=c d", "push", "origin", "main"], scene.clone),
            (["push", "origin", "main"], scene.clone + "/data"),
        ] {
            let pushed = try ProgramRun.run(["git"] + arguments, environment: scene.environment, folder: folder)
            #expect(pushed.status != 0 && pushed.errors.contains("refused"), "\(arguments): \(pushed.transcript)")
        }
        #expect(try scene.git(["for-each-ref"], in: scene.bare).output.isEmpty)
        #expect(try scene.sluice(["hook", "uninstall"]).status == 0)
        try scene.push()
        #expect(!(try scene.git(["for-each-ref"], in: scene.bare).output.isEmpty))
    }

    @Test("the hook finds its repository by a relative GIT_DIR, and its state by what was recorded")
    func relativeGitDirectory() throws {
        let scene = try Scene(Toy.single("run: 'true'"), withHook: false)
        try scene.push()
        #expect(try scene.sluice(["hook", "install"], in: scene.bare).status == 0)
        let zero = String(repeating: "0", count: 40)
        let line = "\(zero) \(try scene.head()) refs/heads/main\n"
        for (directory, folder) in [(".", scene.bare), ("server.git", scene.root), ("../server.git", scene.clone)] {
            let hook = try ProgramRun.run(
                [scene.bare + "/hooks/post-receive"],
                environment: scene.environment.merging(
                    ["GIT_DIR": directory, "SLUICE_HOME": scene.root + "/elsewhere"]) { $1 },
                folder: folder, input: line)
            #expect(hook.status == 0 && hook.errors.contains("queued"), "\(directory): \(hook.transcript)")
        }
        try scene.waitForQuiet()
        #expect(try scene.runCount() == 3)
        #expect(!FileManager.default.fileExists(atPath: scene.root + "/elsewhere"))
    }

    @Test("a hook without input, with nonsense as input, or with an empty line queues nothing and lets the push pass")
    func oddInput() throws {
        let scene = try Scene(Toy.single("run: 'true'"))
        try scene.git(["push", "--quiet", "origin", "main"])
        try scene.waitForQuiet()
        for input in ["", "\n", "nonsense\n", "\(try scene.head()) refs/heads/main\n", "\u{0}\u{1}\u{2}"] {
            let hook = try ProgramRun.run(
                [scene.bare + "/hooks/post-receive"], environment: scene.environment.merging(["GIT_DIR": "."]) { $1 },
                folder: scene.bare, input: input)
            #expect(hook.status == 0, "\(input.debugDescription): \(hook.transcript)")
        }
        #expect(try scene.runCount() == 1)
    }

    @Test("a clone that borrows its objects runs like any other")
    func alternates() throws {
        let scene = try Scene(Toy.files, withHook: false)
        try scene.push()
        let shared = scene.root + "/shared"
        try scene.git(["clone", "--quiet", "--shared", scene.bare, shared], in: scene.root)
        let run = try scene.run(in: shared)
        #expect(run.outcome == "succeeded", "\(run.json)")
    }

    @Test("a submodule, a symbolic link and an LFS pointer as inputs each get their own diagnostic, all at once")
    func oddInputs() throws {
        let scene = try Scene(withHook: false)
        try scene.commit([
            "lfs.bin":
                "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "a", count: 64))\nsize 12\n",
            "real.csv": "1\n",
            "pipelines/odd.yaml": """
            schema: sluice/v1
            name: odd
            stages:
              a: { run: 'true', inputs: { x: module/file.csv } }
              b: { run: 'true', inputs: { x: link.csv } }
              c: { run: 'true', inputs: { x: lfs.bin } }
              d: { run: 'true', inputs: { x: missing.csv } }
            """,
        ])
        try FileManager.default.createSymbolicLink(
            atPath: scene.clone + "/link.csv", withDestinationPath: "real.csv")
        try scene.git(["add", "link.csv"])
        try scene.git(["update-index", "--add", "--cacheinfo", "160000,\(try scene.head()),module"])
        try scene.git(["commit", "--quiet", "--message", "Odd"])
        let lint = try scene.sluice(["lint", "--revision", "HEAD", "--json"])
        let found = try JSON(parsing: lint.output)["diagnostics"]?.items ?? []
        let ids = found.map { "\(Int($0["line"]?.number ?? 0)) \($0["id"]?.text ?? "")" }
        #expect(
            ids == ["4 input.submodule", "5 input.link", "6 input.lfs-pointer", "7 input.not-found"],
            "\(lint.transcript)")
        #expect(lint.status == 65)
    }

    @Test("lint shows everything that is wrong in several broken files, each at its line")
    func severalFiles() throws {
        let scene = try Scene(withHook: false)
        try scene.commit([
            "pipelines/a.yaml":
                "schema: sluice/v1\nname: a\nstages:\n  x:\n    run: 'true'\n    needz: [y]\n    timeout: 5\n",
            "pipelines/b.yaml":
                "schema: sluice/v1\nname: b\nstages:\n  x: { uses: nothing }\n  y: { run: 'true', needs: [z] }\n",
            "pipelines/c.yaml": "schema: sluice/v1\n\tname: c\n",
            "pipelines/d.yaml": "",
            "pipelines/e.yaml": "schema: sluice/v1\nname: e\nstages:\n  x: { run: 'true' }\n",
        ])
        let lint = try scene.sluice(["lint", "--json"])
        #expect(lint.status == 65)
        var places: [String: Set<Int>] = [:]
        for item in try JSON(parsing: lint.output)["diagnostics"]?.items ?? [] {
            places[item["file"]?.text ?? "", default: []].insert(Int(item["line"]?.number ?? 0))
        }
        #expect(places["pipelines/a.yaml"]?.isSuperset(of: [6, 7]) == true, "\(places)")
        #expect(places["pipelines/b.yaml"]?.isSuperset(of: [4, 5]) == true, "\(places)")
        #expect(places["pipelines/c.yaml"] == [2], "\(places)")
        #expect(places["pipelines/d.yaml"]?.isEmpty == false && places["pipelines/e.yaml"] == nil, "\(places)")
        let text = try scene.sluice(["lint"])
        #expect(text.errors.contains("pipelines/a.yaml:6:") && text.errors.contains("in 4 files"), "\(text.transcript)")
    }

    @Test("a repository of another owner's making: an unborn branch, no pipelines folder, a pipelines file")
    func nothingThere() throws {
        let scene = try Scene(["notes.txt": "x"], withHook: false)
        let none = try scene.sluice(["plan"])
        #expect(none.status == 65 && none.errors.contains("no pipeline"), "\(none.transcript)")
        #expect(try scene.sluice(["lint"]).status == 0)
        try scene.commit(["pipelines": "not a folder\n"])
        let file = try scene.sluice(["plan"])
        #expect(file.status == 65, "\(file.transcript)")
        try scene.git(["checkout", "--quiet", "--orphan", "fresh"])
        #expect(try scene.sluice(["plan"]).status == 74)
    }

    @Test("before the first commit, the working tree is called that, not a commit of zeros")
    func unbornWorktree() throws {
        let scene = try Scene(["notes.txt": "x"], withHook: false)
        try scene.git(["checkout", "--quiet", "--orphan", "fresh"])
        let none = try scene.sluice(["plan", "--worktree"])
        #expect(
            none.status == 65 && none.errors.contains("no pipeline in the working tree")
                && !none.errors.contains("--worktree"), "\(none.transcript)")
        try scene.write(["pipelines/x.yaml": "schema: sluice/v1\nname: x\nstages: { a: { run: echo } }\n"])
        let plan = try scene.sluice(["plan", "--worktree"])
        #expect(
            plan.status == 0 && plan.output.contains("uncommitted state before the first commit on fresh"),
            "\(plan.transcript)")
    }

    @Test("a folder of definitions that is not read is what a plan tells of, whatever pipeline it is asked for")
    func unreadFolder() throws {
        let many = (0..<65).map { ("pipelines/p\($0).yaml", "schema: sluice/v1\n") }
        let scene = try Scene(Dictionary(uniqueKeysWithValues: many), withHook: false)
        let found = try scene.sluice(["plan", "p1"])
        #expect(found.status == 65 && found.errors.contains("pipeline.too-large"), "\(found.transcript)")
    }

    @Test("a misspelt pipeline is answered with the one that is meant")
    func misspelt() throws {
        let scene = try Scene(Toy.files, withHook: false)
        let found = try scene.sluice(["plan", "tyo"])
        #expect(found.status == 65 && found.errors.contains("did you mean `toy`?"), "\(found.transcript)")
    }

    @Test("a mirror push of many references answers once and queues none beyond its limit")
    func mirror() throws {
        let scene = try Scene(Toy.files)
        try scene.configure("trust: { branches: [\"**\"] }\n", in: scene.bare)
        for number in 0..<60 { try scene.git(["branch", "exp/\(number)"]) }
        let pushed = try scene.push(["--mirror", "origin"])
        #expect(pushed.status == 0 && pushed.errors.contains("more than 20 runs"), "\(pushed.transcript)")
        #expect(try scene.runCount() == 0)
        #expect(pushed.errors.split(separator: "\n").count { $0.contains("sluice:") } < 15)
    }

    @Test("pushes at the same time: every pusher is told of his run, each runs once, and nothing stays pinned")
    func pushesAtOnce() throws {
        let scene = try Scene(withHook: true)
        try scene.commit(Toy.single("run: echo x >> \(scene.ledger("runs"))\ncache: false"))
        try scene.configure("trust: { branches: [\"**\"] }\n", in: scene.bare)
        try scene.write([
            "pipelines/one.yaml": String(contentsOfFile: scene.clone + "/pipelines/one.yaml", encoding: .utf8)
                .replacingOccurrences(of: "[main]", with: "[\"**\"]")
        ])
        try scene.commit([:])
        let pushes = try (1...6).map { number in
            try StartedProgram(
                ["git", "push", "origin", "HEAD:refs/heads/b\(number)"], environment: scene.environment,
                folder: scene.clone)
        }
        for push in pushes {
            let done = push.wait()
            #expect(done.status == 0 && done.errors.contains("queued"), "\(done.transcript)")
        }
        try scene.waitForQuiet()
        #expect(try scene.runCount() == 6 && scene.lines(of: "runs") == 6)
        #expect(
            try comesToHold {
                try scene.git(["for-each-ref", "refs/sluice"], in: scene.bare).output.isEmpty
            })
    }

    @Test("a push option that means nothing, or a pipeline that is not there, is told to the pusher")
    func unknownPushOptions() throws {
        let scene = try Scene(Toy.files)
        let wrong = try scene.push(["-o", "sluice.pipeline=toi\u{1B}[31m", "origin", "main"])
        #expect(
            wrong.errors.contains("no pipeline `toi") && !wrong.errors.contains("\u{1B}[31m"), "\(wrong.transcript)")
        #expect(try scene.runCount() == 0)
        try scene.commit([:])
        let unknown = try scene.push(["-o", "sluice.slip", "-o", "ci.skip", "origin", "main"])
        #expect(unknown.errors.contains("`sluice.slip` is no push option"), "\(unknown.transcript)")
        #expect(!unknown.errors.contains("ci.skip"))
        #expect(try scene.runCount() == 1)
    }

    private func write(_ name: String, _ text: String, in folder: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }
}
