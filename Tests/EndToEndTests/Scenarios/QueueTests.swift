import Foundation
import Glibc
import SluiceTesting
import Testing

/// What is queued, whose turn it is, and how runs are ended and begun again.
@Suite struct QueueTests {
    /// A stage that goes on until the file `go` is there; told to end, it notes that and waits for `go` too.
    private func waiting(_ scene: Scene, concurrency: String = "on_new: queue") -> [String: String] {
        let script = """
            trap 'echo told >> \(scene.ledger("told")); until [ -e \(scene.ledger("go")) ]; do sleep 0.05; done; exit 30' TERM
            echo begun >> \(scene.ledger("begun"))
            until [ -e \(scene.ledger("go")) ]; do sleep 0.05; done
            """
        var files = Toy.single("run: exec sh wait.sh\nsources: [wait.sh, notes.txt]\ngrace: 60s")
        files["wait.sh"] = script
        files["pipelines/one.yaml"]? += "\nconcurrency: { \(concurrency) }\n"
        return files
    }

    /// Pushes another commit without waiting for its run.
    @discardableResult
    private func pushNext(_ scene: Scene, _ text: String, _ destination: String = "main") throws -> String {
        try scene.commit(["notes.txt": text])
        return try scene.git(["push", "origin", "HEAD:\(destination)"]).errors
    }

    @Test("a newer push cancels what runs of its reference with its grace, and drops what has not begun")
    func superseded() throws {
        let scene = try Scene()
        try scene.commit(waiting(scene, concurrency: "on_new: cancel"))
        try pushNext(scene, "1")
        #expect(comesToHold { scene.lines(of: "begun") == 1 })
        let second = try pushNext(scene, "2")
        #expect(second.contains("run 1 is superseded and ends"), "\(second)")
        #expect(comesToHold { scene.lines(of: "told") == 1 }, "the stage hears of it")
        let third = try pushNext(scene, "3")
        #expect(third.contains("run 2 is superseded ") && !third.contains("run 2 is superseded and"), "\(third)")
        let pins = try scene.git(["for-each-ref", "--format=%(refname)", "refs/sluice"], in: scene.bare).output
        #expect(!pins.contains("runs/2") && pins.contains("runs/3"), "\(pins)")
        scene.touch("go")
        try scene.waitForQuiet()
        let runs = try (1...3).map { try scene.show($0) }
        #expect(runs.map(\.outcome) == ["cancelled", "cancelled", "succeeded"])
        #expect(runs[0].json["reason"] as? String == "cancelled (superseded)")
        #expect(runs[0].json["warnings"] as? [String] == ["superseded by run 2"], "\(runs[0].json)")
        #expect(runs[1].json["started"] is NSNull && runs[1].stages.isEmpty, "\(runs[1].json)")
        #expect(scene.lines(of: "begun") == 2, "the first and the last")
    }

    @Test(
        "a run is cancelled wherever it is: queued at once, running with its grace, with the status of what came of it")
    func cancel() throws {
        let scene = try Scene()
        try scene.commit(waiting(scene))
        try pushNext(scene, "1")
        try pushNext(scene, "2")
        try pushNext(scene, "3")
        #expect(comesToHold { scene.lines(of: "begun") == 1 })
        let dropped = try scene.sluice(["runs", "cancel", "2"])
        #expect(dropped.status == 0 && dropped.errors == "sluice: run 2 cancelled\n", "\(dropped.transcript)")
        let asked = try scene.sluice(["runs", "cancel", "1", "--no-wait"])
        #expect(asked.status == 0 && asked.errors.contains("run 1 is being cancelled"), "\(asked.transcript)")
        #expect(comesToHold { scene.lines(of: "told") == 1 })
        #expect(try scene.show(1).state == "running", "it has its grace")
        scene.touch("go")
        #expect(try scene.sluice(["runs", "cancel", "1"]).status == 0)
        try scene.waitForQuiet()
        #expect(try (1...3).map { try scene.show($0).outcome } == ["cancelled", "cancelled", "succeeded"])
        #expect(try scene.show(1).outcome(of: "only") == "cancelled")
        #expect(try scene.sluice(["runs", "cancel", "3"]).status == 1, "it had succeeded before")
        #expect(try scene.sluice(["runs", "cancel", "99"]).status == 74)
    }

    @Test("--now kills what ignores its grace, in whatever process it runs")
    func cancelNow() throws {
        let scene = try Scene()
        try scene.commit(waiting(scene))
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "begun") == 1 })
        #expect(try scene.sluice(["runs", "cancel", "1", "--no-wait"]).status == 0)
        #expect(comesToHold { scene.lines(of: "told") == 1 })
        #expect(try scene.sluice(["runs", "cancel", "1", "--now"]).status == 0)
        #expect(run.wait().status == 130)
        #expect(try scene.show(1).outcome == "cancelled")
    }

    @Test("what a dead runner left can be cancelled: nothing of it stays behind, and nobody takes it up")
    func cancelLeft() throws {
        let scene = try Scene()
        try scene.commit(waiting(scene))
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "begun") == 1 })
        kill(run.pid, SIGKILL)
        _ = run.wait()
        scene.touch("go")
        #expect(try scene.sluice(["runs", "cancel", "1"]).status == 0)
        #expect(try scene.show(1).outcome == "cancelled")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(scene.lines(of: "begun") == 1)
    }

    @Test("retry runs the same commit once more, and what had succeeded comes from the cache")
    func retry() throws {
        let scene = try Scene()
        try scene.commit([
            "pipelines/two.yaml": """
            schema: sluice/v1
            name: two
            triggers: { push: { branches: [main] } }
            stages:
              first:
                run: echo x >> \(scene.ledger("first")); echo a > ${outputs.a}
                sources: []
                outputs: { a: file }
              second:
                run: test -e \(scene.ledger("mended"))
                sources: []
                inputs: { a: first.a }
            """
        ])
        try scene.push()
        #expect(try scene.show(1).outcome == "failed")
        #expect(try scene.sluice(["runs", "retry", "1"]).status == 1, "it ends like `run`")
        scene.touch("mended")
        let again = try scene.sluice(["runs", "retry", "1"])
        #expect(again.status == 0 && again.errors.contains("run 3 retries run 1"), "\(again.transcript)")
        let run = try scene.show(3)
        #expect(run.outcomes == ["first": "cached", "second": "succeeded"])
        #expect(run.json["trigger"] as? String == "push")
        #expect(scene.lines(of: "first") == 1)
    }

    @Test("a run that nobody drives is resumed in the foreground; one that has ended is not")
    func resume() throws {
        let scene = try Scene()
        try scene.commit(waiting(scene))
        let run = try scene.start(["run"])
        #expect(comesToHold { scene.lines(of: "begun") == 1 })
        #expect(try scene.sluice(["runs", "resume", "1"]).status == 74, "somebody drives it")
        kill(run.pid, SIGKILL)
        _ = run.wait()
        scene.touch("go")
        let resumed = try scene.sluice(["runs", "resume", "1"])
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(try scene.show(1).attempts(of: "only").map { $0["outcome"] as? String } == ["lost", "succeeded"])
        #expect(try scene.sluice(["runs", "resume", "1"]).status == 64)
    }

    @Test("several workers share the queue, one run each at a time; the one that a hook starts leaves it to them")
    func severalWorkers() throws {
        let scene = try Scene()
        try scene.configure("trust: { branches: [\"**\"] }\n", in: scene.bare)
        // Each run ends only when both have begun.
        let both =
            "echo $0 >> \(scene.ledger("begun")); until [ $(wc -l < \(scene.ledger("begun"))) -ge 2 ]; do sleep 0.05; done"
        try scene.commit(
            Toy.single(
                "run: |\n  \(both)\nresources: { cpus: 1 }\ncache: false\n"
            ).mapValues { $0.replacingOccurrences(of: "[main]", with: "[\"**\"]") })
        let workers = try (0..<2).map { _ in try scene.start(["worker", "--idle-exit", "600"]) }
        #expect(try comesToHold { try scene.json(scene.sluice(["status", "--json"]))["workers"] as? Int == 2 })
        for branch in ["a", "b"] { try pushNext(scene, branch, "refs/heads/\(branch)") }
        #expect(try comesToHold { try scene.runCount() == 2 && scene.lastRun().state == "ended" })
        try scene.waitForQuiet()
        #expect(try (1...2).map { try scene.show($0).outcome } == ["succeeded", "succeeded"])
        #expect(scene.lines(of: "begun") == 2, "each once")
        #expect(Processes.workers(of: scene.home).count == 2)
        for worker in workers { kill(worker.pid, SIGTERM) }
        for worker in workers { _ = worker.wait() }
    }
}
