import Foundation
import Testing

@Suite struct PushTests {
    @Test("a state folder behind a link is a state folder, and the hook knows it by its own place")
    func linkedState() throws {
        let scene = try Scene(Toy.single("run: 'true'"), withHook: false)
        let (disk, link) = (scene.root + "/disk", scene.root + "/link")
        #expect(mkdir(disk, 0o700) == 0 && symlink(disk, link) == 0)
        let installed = try scene.sluice(["hook", "install"], in: scene.bare, environment: ["SLUICE_HOME": link])
        #expect(installed.status == 0, "\(installed.transcript)")
        let hook = try String(contentsOfFile: scene.bare + "/hooks/post-receive", encoding: .utf8)
        #expect(hook.contains("--home '\(disk)'"), "\(hook)")
        #expect(try scene.sluice(["run"], environment: ["SLUICE_HOME": link]).status == 0)
    }

    @Test("several references in one push each get a run; deletions, notes and tags of blobs get none")
    func references() throws {
        let scene = try Scene(Toy.files)
        try scene.git(["tag", "v1"])
        try scene.git(["tag", "--annotate", "--message", "x", "v2"])
        try scene.push(["origin", "main", "v1", "v2"])
        #expect(try scene.runCount() == 3)
        let blob = try scene.git(["hash-object", "-w", "params.yaml"]).output.trimmingCharacters(in: .newlines)
        try scene.git(["tag", "v3", blob])
        let odd = try scene.push(["origin", "v3", ":v1"])
        #expect(odd.status == 0 && odd.errors.contains("v3"), "\(odd.transcript)")
        #expect(try scene.runCount() == 3)
    }

    @Test("a force push runs the new commit, and odd reference names are only names")
    func forcedAndOdd() throws {
        let scene = try Scene(Toy.files)
        try scene.push()
        try scene.git(["commit", "--quiet", "--amend", "--allow-empty", "--message", "Amended"])
        try scene.push(["--force", "origin", "main"])
        let oid = try scene.git(["rev-parse", "HEAD"]).output.trimmingCharacters(in: .newlines)
        #expect(try scene.lastRun().revision["oid"] as? String == oid)
        let name = "refs/heads/exp/$(touch${IFS}pwned)'\"`id`"
        try Data("trust: { branches: [\"**\"] }\n".utf8).write(to: URL(filePath: scene.bare + "/sluice.yaml"))
        try scene.push(["origin", "HEAD:\(name)"])
        let odd = try scene.lastRun()
        #expect(odd.revision["reference"] as? String == name)
        #expect(odd.outcome == "succeeded")
        #expect(!FileManager.default.fileExists(atPath: scene.bare + "/pwned"))
    }

    @Test("the hook that was there runs first with the same input, and uninstall restores it")
    func chaining() throws {
        let scene = try Scene(Toy.files, withHook: false)
        let hook = scene.bare + "/hooks/post-receive"
        let text = "#!/bin/sh\ncat > seen; echo \"old hook $GIT_DIR\"\n"
        try Data(text.utf8).write(to: URL(filePath: hook))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
        #expect(try scene.sluice(["hook", "install"], in: scene.bare).status == 0)
        #expect(try scene.sluice(["hook", "install"], in: scene.bare).status == 0, "twice is once")
        let pushed = try scene.push()
        #expect(pushed.errors.contains("old hook .") && pushed.errors.contains("run 1 queued"), "\(pushed.transcript)")
        #expect(try String(contentsOfFile: scene.bare + "/seen", encoding: .utf8).contains("refs/heads/main"))
        #expect(try scene.sluice(["hook", "uninstall"], in: scene.bare).status == 0)
        #expect(try String(contentsOfFile: hook, encoding: .utf8) == text)
        #expect(!FileManager.default.fileExists(atPath: hook + ".before-sluice"))
    }

    @Test("the push returns while the run goes on, and its commit stays pinned until it has ended")
    func returnsAtOnce() throws {
        let scene = try Scene(
            Toy.single("run: until [ -e never ]; do sleep 0.1; done\ntimeout: 3s"))
        let pushed = try scene.git(["push", "origin", "main"])
        #expect(pushed.errors.contains("run 1 queued"))
        let state = try scene.json(scene.sluice(["status", "--json"]))
        #expect((state["runs"] as? [Any])?.count == 1, "the push did not wait for the run")
        #expect(try scene.git(["for-each-ref", "refs/sluice"], in: scene.bare).output.contains("refs/sluice/runs/1"))
        try scene.waitForQuiet()
        #expect(try scene.git(["for-each-ref", "refs/sluice"], in: scene.bare).output.isEmpty)
        #expect(try scene.lastRun().outcome(of: "only") == "timedOut")
    }

    @Test("push options skip a push, or choose one pipeline")
    func pushOptions() throws {
        let scene = try Scene(Toy.files)
        try scene.push(["-o", "sluice.skip", "origin", "main"])
        #expect(try scene.runCount() == 0)
        try scene.commit(Toy.single("run: 'true'"))
        try scene.push(["-o", "sluice.pipeline=one", "origin", "main"])
        #expect(try scene.runCount() == 1)
        #expect(try scene.lastRun().json["pipeline"] as? String == "one")
    }

    @Test("a pipeline with a paths filter runs only when one of them changed")
    func paths() throws {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline.replacingOccurrences(
            of: "tags: [\"v*\"]", with: "paths: [\"data/**\"]")
        let scene = try Scene(files)
        try scene.push()
        try scene.commit(["notes.txt": "x"])
        try scene.push()
        #expect(try scene.runCount() == 1)
        try scene.commit(["data/rows.csv": "a,b\n3,4\n"])
        try scene.push()
        #expect(try scene.runCount() == 2)
    }
}
