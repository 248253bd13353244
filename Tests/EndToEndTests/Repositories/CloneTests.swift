import Foundation
import Glibc
import SluiceTesting
import Testing

/// Repositories as people have them: cut off, borrowed, moved, foreign.
@Suite struct CloneTests {
    @Test("a linked worktree plans, runs and pushes like the repository that it belongs to")
    func linkedWorktree() throws {
        let scene = try Scene(Toy.files)
        let side = scene.root + "/side"
        try scene.git(["worktree", "add", "--quiet", "-b", "exp/side", side])
        #expect(try scene.run(in: side).revision["reference"] as? String == "refs/heads/exp/side")
        #expect(try scene.sluice(["hook", "install"], in: side).status == 0)
        let pushed = try scene.git(["-c", "user.name=B", "push", "origin", "exp/side"], in: side)
        #expect(pushed.errors.contains("sluice: toy:"), "the pre-push hook spoke\n\(pushed.transcript)")
        try scene.waitForQuiet()
    }

    @Test("a shallow clone runs its commit, and says what it cannot reach instead of guessing")
    func shallow() throws {
        let scene = try Scene(Toy.files)
        try scene.commit(["notes.txt": "x"])
        try scene.push()
        let folder = scene.root + "/shallow"
        try scene.git(["clone", "--quiet", "--depth", "1", "file://" + scene.bare, folder], in: scene.root)
        #expect(try scene.run(in: folder).outcome == "succeeded")
        let before = try scene.sluice(["plan", "--revision", "HEAD~1"], in: folder)
        #expect(before.status == 74 && before.errors.contains("git fetch --unshallow"), "\(before.transcript)")
        let since = try scene.sluice(["plan", "--changed-since", "main~1"], in: folder)
        #expect(since.status == 74 && since.errors.contains("shallow"), "\(since.transcript)")
    }

    @Test("a push out of a shallow clone is compared with what the branch held")
    func pushFromShallow() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(
            of: "tags: [\"v*\"]", with: "paths: [\"data/**\"]")
        let scene = try Scene(files)
        try scene.push()
        let folder = scene.root + "/shallow"
        try scene.git(["clone", "--quiet", "--depth", "1", "file://" + scene.bare, folder], in: scene.root)
        for (name, runs) in [("notes.txt", 1), ("data/rows.csv", 2)] {
            _ = try Scene.shell("mkdir -p data; echo \(name) >> \(name)", in: folder)
            try scene.git(["add", "--all"], in: folder)
            try scene.git(["commit", "--quiet", "--message", name], in: folder)
            try scene.git(["push", "--quiet", "origin", "main"], in: folder)
            try scene.waitForQuiet()
            #expect(try scene.runCount() == runs, "\(name)")
        }
    }

    @Test(
        "in a partial clone a missing file is an error that names the command which fetches it",
        arguments: ["blob:none", "tree:0"])
    func partial(filter: String) throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        try scene.git(["config", "uploadpack.allowFilter", "true"], in: scene.bare)
        let folder = scene.root + "/partial"
        try scene.git(
            ["clone", "--quiet", "--no-checkout", "--filter=\(filter)", "file://" + scene.bare, folder], in: scene.root)
        let plan = try scene.sluice(["plan"], in: folder)
        #expect(plan.status == 74, "\(plan.transcript)")
        let command = try #require(plan.errors.firstMatch(of: /`git (fetch [^`]*)`/), "\(plan.transcript)")
        try scene.git(command.output.1.split(separator: " ").map(String.init), in: folder)
        let again = try scene.sluice(["plan"], in: folder)
        #expect(again.status == 0, "\(again.transcript)")
    }

    @Test("objects behind alternates are read, also of a repository that borrows all it has")
    func alternates() throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        let folder = scene.root + "/borrower"
        try scene.git(["clone", "--quiet", "--shared", scene.bare, folder], in: scene.root)
        #expect(try scene.run(in: folder).outcome == "succeeded")
    }

    @Test("a SHA-256 repository is refused with a sentence that names libgit2")
    func sha256() throws {
        let scene = try Scene(withHook: false)
        try scene.git(["init", "--quiet", "--object-format=sha256", scene.root + "/long"], in: scene.root)
        for command in [["plan"], ["lint"], ["run"], ["hook", "install"]] {
            let done = try scene.sluice(command, in: scene.root + "/long")
            #expect(done.status == 74 && done.errors.contains("libgit2"), "\(done.transcript)")
        }
    }

    @Test("the repository of somebody else is refused with git's own way out", .enabled(if: geteuid() == 0))
    func ownership() throws {
        let scene = try Scene(Toy.files)
        _ = try Scene.shell("chown -R 65534:65534 '\(scene.clone)'", in: "/")
        let done = try scene.sluice(["plan"])
        #expect(done.status == 74 && done.errors.contains("safe.directory"), "\(done.transcript)")
        try Data("[safe]\n directory = \(scene.clone)\n".utf8).write(to: URL(filePath: scene.root + "/.gitconfig"))
        #expect(try scene.sluice(["plan"]).status == 0)
    }

    @Test("before the first commit a plan says so, and the working tree can be linted, planned and run")
    func unborn() throws {
        let scene = try Scene(withHook: false)
        try scene.write(Toy.single("run: 'true'"))
        let plan = try scene.sluice(["plan"])
        #expect(plan.status == 74 && plan.errors.contains("no commit on HEAD yet"), "\(plan.transcript)")
        #expect(try scene.sluice(["lint"]).status == 0)
        #expect(try scene.sluice(["plan", "--worktree"]).status == 0)
        #expect(try scene.run(["--worktree"]).outcome == "succeeded")
    }

    @Test("a detached HEAD runs without a reference, and is trusted for the branches that lead to it")
    func detached() throws {
        let scene = try Scene(Toy.files)
        try scene.commit(["notes.txt": "x"])
        try scene.git(["checkout", "--quiet", "--detach", "HEAD~1"])
        let run = try scene.run()
        #expect(run.outcome == "succeeded" && run.revision["reference"] is NSNull)
        #expect(run.outcome(of: "deploy") == "skipped", "it is on no branch")
    }

    @Test("the default branch is what HEAD of the bare repository names, whatever it is called")
    func renamedDefault() throws {
        let scene = try Scene(
            Toy.single("run: 'true'").mapValues { $0.replacingOccurrences(of: "[main]", with: "[\"**\"]") })
        try scene.git(["symbolic-ref", "HEAD", "refs/heads/trunk"], in: scene.bare)
        try scene.push(["origin", "main:trunk"])
        #expect(try scene.lastRun().outcome == "succeeded")
        try scene.push(["origin", "main:main"])
        #expect(try scene.lastRun().revision["trusted"] as? Bool == false)
    }
}
