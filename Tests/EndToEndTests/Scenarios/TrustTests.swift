import Foundation
import Glibc
import SluiceTesting
import Testing

/// Who decides what runs: the operator's configuration, and nothing that was pushed.
@Suite struct TrustTests {
    @Test("an untrusted push is planned and gated on the screen, is told that nothing runs, and nothing does")
    func untrusted() throws {
        let scene = try Scene()
        var files = Toy.single("run: touch \(scene.ledger("ran"))")
        files["pipelines/one.yaml"] = files["pipelines/one.yaml"]?.replacingOccurrences(of: "[main]", with: "[\"**\"]")
        files["sluice.yaml"] = "trust: { branches: [\"**\"] }\n"
        try scene.commit(files)
        let pushed = try scene.push(["origin", "main:evil"])
        #expect(pushed.errors.contains("run 1 queued, est."), "\(pushed.errors)")
        #expect(pushed.errors.contains("evil is not trusted here: planned and gated only"), "\(pushed.errors)")
        let run = try scene.lastRun()
        #expect(run.outcome == "refused" && run.revision["trusted"] as? Bool == false)
        #expect(!FileManager.default.fileExists(atPath: scene.ledger("ran")))
    }

    @Test("what an untrusted push calls urgent or makes newer neither overtakes nor cancels a trusted run")
    func concurrency() throws {
        let scene = try Scene()
        var files = Toy.single("run: until [ -e \(scene.ledger("go")) ]; do sleep 0.05; done")
        files["pipelines/one.yaml"] = files["pipelines/one.yaml"]?
            .replacingOccurrences(of: "[main]", with: "[\"**\"]")
            .replacingOccurrences(
                of: "stages:", with: "priority: 9\nconcurrency: { group: pipeline, on_new: cancel }\nstages:")
        try scene.commit(files)
        try scene.git(["push", "--quiet", "origin", "main"])
        #expect(try comesToHold { try scene.lastRun().state == "running" })
        try scene.git(["push", "--quiet", "origin", "main:evil"])
        scene.touch("go")
        try scene.waitForQuiet()
        #expect(try scene.show(1).outcome == "succeeded" && scene.show(2).outcome == "refused")
    }

    @Test("a reference that the operator stops to trust runs nothing any more, not even what is queued")
    func withdrawn() throws {
        let scene = try Scene(Toy.single("run: touch nothing"), withHook: false)
        #expect(try scene.sluice(["hook", "install", "post-receive", "--shared"], in: scene.bare).status == 0)
        // Somebody else's hook leaves the event only, so the run stays queued until a worker comes.
        try scene.git(["push", "--quiet", "-o", "sluice.skip", "origin", "main"])
        try scene.configure("trust: { branches: [main] }\n", in: scene.bare)
        let event = """
            {"schema":"sluice.intake/v1","id":"\(String(repeating: "a", count: 32))","time":"2026-01-01T00:00:00.000Z",
            "repository":{"gitDirectory":"\(scene.bare)","isBare":true},"updates":[{"old":"\(String(repeating: "0", count: 40))",
            "new":"\(try scene.head())","reference":"refs/heads/main"}],"options":[],"trigger":"push"}
            """
        try Data(event.utf8).write(to: URL(filePath: scene.home + "/spool/new/0-a.json"))
        #expect(try scene.sluice(["status"]).status == 0)
        #expect(try scene.show(1).state == "queued" && scene.show(1).revision["trusted"] as? Bool == true)
        try scene.configure("trust: { branches: [release] }\n", in: scene.bare)
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(try scene.show(1).outcome == "refused")
    }

    @Test("in a bare repository a commit by its oid is trusted only where a trusted reference leads to it")
    func byOid() throws {
        let scene = try Scene(Toy.single("run: 'true'"))
        try scene.push()
        let trusted = try scene.head()
        try scene.commit(["notes.txt": "x"])
        try scene.push(["-o", "sluice.skip", "origin", "main:evil"])
        let evil = try scene.head()
        let trust = { (oid: String) in
            (try scene.json(scene.sluice(["plan", "--json", "--revision", oid], in: scene.bare))["revision"]
                as? [String: Any])?["trusted"] as? Bool
        }
        #expect(try trust(trusted) == true)
        #expect(try trust(evil) == false)
        #expect(try scene.sluice(["run", "--revision", evil], in: scene.bare).status == 77)
    }

    @Test("under a CI system only pushes to references that the operator names are trusted, a pull request never")
    func ci() throws {
        let scene = try Scene(Toy.single("run: 'true'"), withHook: false)
        let outcome = { (variables: [String: String]) in
            try scene.sluice(["run"], environment: ["CI": "true"].merging(variables) { $1 }).status
        }
        #expect(try outcome([:]) == 77, "nobody named anything")
        try scene.configure("trust: { branches: [main] }\n", in: scene.clone + "/.git")
        #expect(try outcome([:]) == 0)
        #expect(try outcome(["GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request_target"]) == 77)
        #expect(try outcome(["GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event"]) == 77)
    }

    @Test(
        "a trusted run reads no cache entry of an untrusted one, and an untrusted one may not shadow a plugin of the operator"
    )
    func shadowed() throws {
        let scene = try Scene()
        let folder = scene.root + "/plugins/odd"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let files = Toy.plugin("say '\"type\":\"result\",\"outcome\":\"succeeded\"'")
        for name in ["plugin.yaml", "odd.sh"] {
            try Data((files["plugins/odd/\(name)"] ?? "").utf8).write(to: URL(filePath: folder + "/" + name))
        }
        try scene.configure("plugins: [\(scene.root)/plugins]\n", in: scene.bare)
        try scene.commit(files.mapValues { $0.replacingOccurrences(of: "[main]", with: "[\"**\"]") })
        let evil = try scene.push(["origin", "main:evil"])
        #expect(evil.errors.contains("plugin.shadowed"), "\(evil.errors)")
        #expect(try scene.lastRun().outcome == "refused")
    }
}
