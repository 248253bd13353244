import Foundation
import Glibc
import SluiceTesting
import Testing

/// What a pusher sees after a push, and that neither he nor anybody's death holds up or doubles a run.
@Suite struct PostReceiveTests {
    private static let zero = String(repeating: "0", count: 40)

    /// The installed hook, called as git calls it.
    private func hook(_ scene: Scene, _ input: String, options: [String] = []) throws -> StartedProgram {
        var variables = ["GIT_DIR": ".", "GIT_PUSH_OPTION_COUNT": "\(options.count)"]
        for (number, option) in options.enumerated() { variables["GIT_PUSH_OPTION_\(number)"] = option }
        return try StartedProgram(
            [scene.bare + "/hooks/post-receive"], environment: scene.environment.merging(variables) { $1 },
            folder: scene.bare, input: input)
    }

    @Test("sluice.follow shows what the run does until it has ended")
    func follow() throws {
        let scene = try Scene(Toy.single("run: echo hello from the stage; sleep 0.5; echo bye"))
        let pushed = try scene.git(["push", "-o", "sluice.follow", "origin", "main"])
        let lines = pushed.errors.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        for line in ["remote: [only] hello from the stage", "remote: [only] bye"] {
            #expect(lines.filter { $0 == line }.count == 1, "\(pushed.errors)")
        }
        #expect(lines.contains { $0.hasPrefix("remote: ") && $0.contains("succeeded") }, "\(pushed.errors)")
        #expect(try scene.lastRun().state == "ended", "it returned after the end")
    }

    @Test("a pusher who reads nothing any more holds up neither run nor hook: lines are left out")
    func fullPipe() throws {
        let chatter =
            "i=0; while [ $i -lt 4000 ]; do echo \"line $i of a stage that says a lot of things\"; i=$((i+1)); done"
        let scene = try Scene(Toy.single("run: \(chatter)"))
        try scene.git(["push", "--quiet", "-o", "sluice.skip", "origin", "main"])
        let line = "\(Self.zero) \(try scene.head()) refs/heads/main"
        let reader = "sleep \(Int.random(in: 10_000...99_999))"
        let shell = """
            printf '%s\\n' '\(line)' | GIT_DIR=. GIT_PUSH_OPTION_COUNT=1 GIT_PUSH_OPTION_0=sluice.follow \
            ./hooks/post-receive 2>&1 | exec \(reader)
            """
        let piped = try StartedProgram(["sh", "-c", shell], environment: scene.environment, folder: scene.bare)
        #expect(try comesToHold { try scene.runCount() == 1 && scene.lastRun().outcome == "succeeded" })
        #expect(
            comesToHold { Processes.containing("post-receive\0--home\0\(scene.home)").isEmpty }, "the hook ends too")
        for pid in Processes.containing(reader.replacingOccurrences(of: " ", with: "\0")) { kill(pid, SIGKILL) }
        _ = piped.wait()
    }

    @Test("a pusher who is killed while he follows takes nothing with him")
    func killedPusher() throws {
        let scene = try Scene(Toy.single("run: |\n  until [ -e GO ]; do sleep 0.05; done; echo done"))
        try scene.commit([
            "pipelines/one.yaml": try String(contentsOfFile: scene.clone + "/pipelines/one.yaml", encoding: .utf8)
                .replacingOccurrences(of: "GO", with: scene.ledger("go"))
        ])
        let push = try StartedProgram(
            ["git", "push", "-o", "sluice.follow", "origin", "main"], environment: scene.environment,
            folder: scene.clone)
        #expect(try comesToHold { try scene.runCount() == 1 && scene.lastRun().state == "running" })
        kill(push.pid, SIGKILL)
        scene.touch("go")
        try scene.waitForQuiet()
        #expect(try scene.lastRun().outcome == "succeeded")
        #expect(comesToHold { Processes.containing("post-receive\0--home\0\(scene.home)").isEmpty })
    }

    @Test("signals of a terminal that goes away do not lose a push")
    func signals() throws {
        let scene = try Scene(Toy.single("run: 'true'"))
        try scene.git(["push", "--quiet", "-o", "sluice.skip", "origin", "main"])
        // A hook of somebody else runs first, and holds ours at a known place.
        let kept =
            "#!/bin/sh\ntouch \(scene.ledger("begun"))\nuntil [ -e \(scene.ledger("go")) ]; do sleep 0.05; done\n"
        try Data(kept.utf8).write(to: URL(filePath: scene.bare + "/hooks/post-receive.before-sluice"))
        chmod(scene.bare + "/hooks/post-receive.before-sluice", 0o755)
        let started = try hook(scene, "\(Self.zero) \(try scene.head()) refs/heads/main\n")
        #expect(comesToHold { FileManager.default.fileExists(atPath: scene.ledger("begun")) })
        for number in [SIGHUP, SIGINT, SIGTERM] { kill(started.pid, number) }
        scene.touch("go")
        #expect(started.wait().errors.contains("run 1 queued"))
        try scene.waitForQuiet()
        #expect(try scene.lastRun().outcome == "succeeded")
    }

    @Test("hooks and workers that are killed at any moment: no push that was confirmed is lost, none has two runs")
    func killedAnywhere() throws {
        let scene = try Scene(
            Toy.single(
                "run: sleep 0.1; cat notes.txt"))
        let seed = UInt64.random(in: 1...1_000_000)
        var random = SeededRandom(seed: seed)
        var confirmed: [String] = []
        var pushed: [String] = []
        var last = Self.zero
        for number in 0..<10 {
            try scene.commit(["notes.txt": "\(number)"])
            try scene.git(["push", "--quiet", "-o", "sluice.skip", "origin", "main"])
            let oid = try scene.head()
            let started = try hook(scene, "\(last) \(oid) refs/heads/main\n")
            usleep(UInt32(random.next() % 250_000))
            if random.next() % 2 == 0 { kill(started.pid, SIGKILL) }
            if random.next() % 2 == 0 { for worker in Processes.workers(of: scene.home) { kill(worker, SIGKILL) } }
            pushed.append(oid)
            if started.wait().errors.contains("queued") { confirmed.append(oid) }
            last = oid
        }
        let isQuiet = try comesToHold {
            #expect(try scene.sluice(["worker", "--once"]).status == 0, "seed \(seed)")
            return try (scene.json(scene.sluice(["status", "--json"]))["runs"] as? [Any])?.isEmpty == true
        }
        #expect(isQuiet, "seed \(seed)")
        let runs =
            try scene.json(scene.sluice(["runs", "list", "--limit", "100", "--json"]))["runs"] as? [[String: Any]]
        let oids = (runs ?? []).compactMap { ($0["revision"] as? [String: Any])?["oid"] as? String }
        #expect(Set(oids).count == oids.count, "none twice; seed \(seed)")
        #expect(Set(confirmed).isSubset(of: oids) && Set(oids).isSubset(of: pushed), "seed \(seed)")
        #expect((runs ?? []).allSatisfy { $0["outcome"] as? String == "succeeded" }, "seed \(seed)")
        print(
            "killed hooks and workers: seed \(seed), \(confirmed.count) confirmed, \(oids.count) of \(pushed.count) run"
        )
    }

    @Test("3,000 references in one push are read, and queue nothing beyond the limit; up to 10 plans are shown")
    func manyReferences() throws {
        let scene = try Scene(
            Toy.single("run: 'true'").mapValues { $0.replacingOccurrences(of: "[main]", with: "[\"**\"]") })
        try scene.configure("trust: { branches: [\"**\"] }\nmax_runs_per_push: 25\n", in: scene.bare)
        try scene.git(["push", "--quiet", "-o", "sluice.skip", "origin", "main"])
        let oid = try scene.head()
        let lines = (0..<3000).map { "\(Self.zero) \(oid) refs/heads/many/\($0)\n" }
        let all = try hook(scene, lines.joined()).wait()
        #expect(all.errors.contains("more than 25 runs: none is queued"), "\(all.transcript)")
        #expect(try scene.runCount() == 0)
        let some = try hook(scene, lines.prefix(25).joined()).wait()
        #expect(some.errors.contains("run 10 queued") && !some.errors.contains("run 11 queued"), "\(some.transcript)")
        #expect(some.errors.contains("and 15 more runs"))
        #expect(try scene.runCount() == 25)
        for worker in Processes.workers(of: scene.home) { kill(worker, SIGTERM) }
    }
}

/// Numbers that a seed repeats (SplitMix64).
struct SeededRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
