import Foundation
import Glibc
import SluiceTesting
import Testing

/// What the operator says of sandboxes and secrets, seen from the command line.
@Suite struct SandboxTests {
    static let works =
        (try? ProgramRun.run(
            ["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "true"],
            environment: ["PATH": "/usr/bin:/bin"], folder: "/"))?.status == 0

    private func configure(_ scene: Scene, _ text: String) throws {
        try scene.configure(text, in: scene.clone + "/.git")
    }

    @Test(
        "strictly a stage sees neither state, nor repository, nor configuration, nor home, and the record says so",
        .enabled(if: works, "bubblewrap cannot wall anything in on this machine"))
    func strict() throws {
        let scene = try Scene()
        let hidden = ["clone", "server.git", "state/sluice.db", "home-file", "clone/.git/sluice.yaml"].map {
            "\(scene.root)/\($0)"
        }
        let looks = hidden.map { "if ls \($0); then exit 1; fi" }.joined(separator: "; ")
        try scene.commit(Toy.single("run: \(looks)"))
        try scene.write(["../home-file": "x"])
        try configure(scene, "executors: { local: { sandbox: strict } }")
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        let attempt = try #require(run.attempts(of: "only").first)
        #expect(attempt["sandbox"] as? String == "bubblewrap")
        #expect(attempt["isolation"] as? [String: Bool] == ["strict": true, "network": false])
        let doctor = try scene.sluice(["doctor"])
        #expect(doctor.output.contains("strict: stages run in one"), "\(doctor.transcript)")
    }

    @Test("strictly, where there is no sandbox, nothing runs: 69 and a hint, and no record of a run")
    func refused() throws {
        let scene = try Scene(Toy.single("run: echo ran"))
        try scene.write(["../bin/bwrap*": "#!/bin/sh\necho 'no namespaces' >&2; exit 1\n"])
        try configure(scene, "executors: { local: { sandbox: strict } }\npath: \(scene.root)/bin:/usr/bin:/bin")
        let run = try scene.sluice(["run"])
        #expect(run.status == 69 && run.errors.contains("no namespaces"), "\(run.transcript)")
        #expect(try scene.runCount() == 0)
        try configure(scene, "executors: { local: { sandbox: auto } }\npath: \(scene.root)/bin:/usr/bin:/bin")
        let free = try scene.run()
        let attempt = try #require(free.attempts(of: "only").first)
        #expect(attempt["sandbox"] as? String == "none")
        #expect((attempt["warnings"] as? [String])?.contains { $0.contains("without a sandbox") } == true)
    }

    @Test("without a sandbox no stage gains privileges unless the operator says so; the doctor and the record say it")
    func privileges() throws {
        let scene = try Scene(Toy.single("run: grep NoNewPrivs /proc/self/status"))
        for (said, flag) in [("", "1"), ("new_privileges: true", "0")] {
            try configure(scene, "executors: { local: { sandbox: off, \(said) } }")
            try scene.commit(["notes": said])
            let run = try scene.run()
            let attempt = try #require(run.attempts(of: "only").first)
            #expect(attempt["no_new_privs"] as? Bool == (flag == "1" ? true : nil), "\(run.json)")
            let words = try scene.sluice(["logs"]).output.split(whereSeparator: \.isWhitespace)
            #expect(words == ["[only]", "NoNewPrivs:", Substring(flag)])
            let doctor = try scene.sluice(["doctor"])
            let said = flag == "1" ? "as this user, without new privileges" : "as this user, and may gain privileges"
            #expect(doctor.output.contains(said), "\(doctor.transcript)")
        }
    }

    @Test("a secret reaches the plugin that has its digest, is in no file of the state, and its version is in the key")
    func secret() throws {
        let value = "p\"a's$s-\(UInt32.random(in: 1 << 20 ... .max))"
        let manifest = "secrets: [TOY_KEY]"
        let scene = try Scene(
            Toy.plugin(
                "echo \"[$TOY_KEY]\"; printf %s \"$TOY_KEY\" | wc -c; say '\"type\":\"result\",\"status\":\"ok\"'",
                manifest: manifest))
        let refused = try scene.sluice(["plan", "--json"])
        #expect(refused.status == 65 && refused.transcript.contains("secret.not_granted"), "\(refused.transcript)")
        let digest =
            "tree:" + (try scene.git(["rev-parse", "HEAD:plugins/odd"])).output.trimmingCharacters(in: .newlines)
        func grant(_ plugins: String, version: Int) throws {
            try configure(scene, "secrets: { TOY_KEY: { file: key, plugins: [\"\(plugins)\"], version: \(version) } }")
        }
        try Data((value + "\n").utf8).write(to: URL(filePath: scene.clone + "/.git/key"))
        try grant("odd", version: 1)
        #expect(try scene.sluice(["plan"]).status == 65, "whoever can push can take a name")
        try grant(digest, version: 1)
        let first = try scene.run()
        #expect(first.outcome == "succeeded", "\(first.json)")
        let stage = "only"
        let logs = try scene.sluice(["logs", "1/\(stage)"])
        #expect(logs.output.contains("[***]") && logs.output.contains("\(value.utf8.count)"), "\(logs.transcript)")
        let found = try Scene.shell("grep -rlaF -e '\(value.split(separator: "'")[1])' state || true", in: scene.root)
        #expect(found == "")
        #expect(try scene.run().outcome(of: stage) == "cached")
        try grant(digest, version: 2)
        #expect(try scene.run().cacheReason(of: stage) == "the secret TOY_KEY has another version")
    }

    @Test(
        "walled-in stages see large commits through overlays, outputs are taken as ever, and no stage changes another's",
        .enabled(if: works && Overlays.work, "no sandbox, or no right to mount overlays"))
    func overlays() throws {
        let scene = try Scene(
            Toy.single(
                """
                run: |
                  ls data | wc -l > seen.txt; cat data/7.csv data/8.csv >> seen.txt
                  echo mine > data/7.csv; rm data/8.csv; mv data moved
                sources: ["data/**"]
                outputs: { seen: { type: file, path: seen.txt } }
                """
            ).merging((0..<1200).map { ("data/\($0).csv", "row \($0)\n") }) { $1 })
        try configure(scene, "executors: { local: { sandbox: auto } }")
        func seen(_ number: Int, _ run: RunView) throws -> String {
            #expect(run.outcome == "succeeded", "\(run.json)")
            #expect(run.attempts(of: "only").first?["snapshot"] as? String == "overlay")
            let got = try scene.sluice(["artifact", "get", "\(number)/only/seen", "-o", "got-\(number)"])
            #expect(got.status == 0, "\(got.transcript)")
            return try String(contentsOfFile: "\(scene.clone)/got-\(number)", encoding: .utf8)
        }
        #expect(try seen(1, scene.run()) == "1200\nrow 7\nrow 8\n")
        try scene.commit(["data/8.csv": "changed\n", "data/new.csv": "new\n"])
        #expect(try seen(2, scene.run()) == "1201\nrow 7\nchanged\n")
        #expect(try Scene.shell("ls state/trees | wc -l; mount | grep -c \(scene.root)", in: scene.root) == "1\n0\n")
        try configure(scene, "executors: { local: { sandbox: off } }")
        try scene.commit(["data/8.csv": "again\n"])
        #expect(try scene.run().attempts(of: "only").first?["snapshot"] as? String == "copy")
    }
}
