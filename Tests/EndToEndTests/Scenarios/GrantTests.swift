import Foundation
import Glibc
import SluiceTesting
import Testing

/// Grants that hold on the built binary: with control groups where this machine lets us make them, and with the
/// sampler everywhere.
@Suite struct GrantTests {
    static let mechanisms = ["auto", "sampler"]

    /// Takes memory until it has so many MiB, and ends well then.
    private static let eater = """
        import sys, time
        kept = []
        while len(kept) * 4 < int(sys.argv[1]):
            kept.append(bytearray(4 << 20)); time.sleep(0.002)
        """

    private func scene(_ mechanism: String, _ pipeline: String, gpus: Int = 0) throws -> Scene {
        let scene = try Scene(withHook: false)
        let text = pipeline.replacingOccurrences(of: "LEDGER", with: scene.root)
        try scene.commit(["pipelines/grants.yaml": "schema: sluice/v1\nname: grants\n" + text, "eat.py": Self.eater])
        try scene.configure(
            """
            executors:
              local: { capacity: { cpus: 8, memory: 4GiB, disk: 4GiB, gpus: \(gpus) }, enforcement: \(mechanism) }
            path: \(scene.root)/bin:\(scene.environment["PATH"] ?? "")
            """, in: scene.clone + "/.git")
        return scene
    }

    private func overLimit(_ attempt: [String: Any]?) -> [String: Any] {
        attempt?["over_limit"] as? [String: Any] ?? [:]
    }

    private func grantedMemory(_ attempt: [String: Any]) -> Int? {
        (attempt["granted"] as? [String: Any])?["memory"] as? Int
    }

    @Test("a stage that eats memory is stopped at its grant while its neighbour finishes", arguments: mechanisms)
    func memory(_ mechanism: String) throws {
        let scene = try scene(
            mechanism,
            """
            stages:
              eater: { run: "python3 eat.py 100000", resources: { memory: 96MiB } }
              neighbour: { run: "sleep 2; python3 eat.py 40", resources: { memory: 96MiB } }
            """)
        let run = try scene.run()
        #expect(run.outcomes == ["eater": "overLimit", "neighbour": "succeeded"], "\(run.json)")
        let attempt = run.attempts(of: "eater").first
        #expect(run.attempts(of: "eater").count == 1, "not tried again: `resource` is not listed")
        #expect(
            overLimit(attempt)["resource"] as? String == "memory" && overLimit(attempt)["limit"] as? Int == 96 << 20)
        #expect((overLimit(attempt)["peak"] as? Int ?? 0) >= 96 << 20)
        let used = (mechanism, (attempt?["enforcement"] as? [String: Any])?["mechanism"] as? String)
        #expect(used == ("sampler", "sampler") || used.0 == "auto", "\(used)")
        #expect(try #require(run.attempts(of: "neighbour").first?["written_bytes"]) is Int)
        let page = try scene.sluice(["runs", "show"])
        #expect(page.output.contains("over limit") && page.output.contains(" 96 MiB granted"), "\(page.output)")
        let shapes = Shapes.run.violations(try JSON(parsing: scene.sluice(["runs", "show", "--json"]).output))
        #expect(shapes.isEmpty, "\(shapes)")
    }

    @Test("an escalated retry gets twice as much and succeeds", arguments: mechanisms)
    func escalation(_ mechanism: String) throws {
        let scene = try scene(
            mechanism,
            """
            stages:
              train:
                run: python3 eat.py 120
                resources: { memory: 96MiB }
                retry: { classes: [resource], backoff: { initial: 10ms }, escalate: { memory: x2 } }
            """)
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(run.attempts(of: "train").map { $0["outcome"] as? String } == ["overLimit", "succeeded"])
        #expect(run.attempts(of: "train").map(grantedMemory) == [96 << 20, 192 << 20])
    }

    @Test("an escalation that the budget does not hold is refused, and the page says what it would have taken")
    func refusedEscalation() throws {
        let scene = try scene(
            "auto",
            """
            budget: { limits: { memory_gib_hours: 0.002 } }
            stages:
              train:
                run: python3 eat.py 120
                resources: { memory: 96MiB }
                estimate: 60s
                retry: { classes: [resource], backoff: { initial: 10ms }, escalate: { memory: x2 } }
            """)
        let run = try scene.run()
        #expect(run.outcomes == ["train": "overLimit"] && run.attempts(of: "train").count == 1, "\(run.json)")
        let page = try scene.sluice(["runs", "show"])
        #expect(
            page.output.contains("no escalated retry: memory 192 MiB instead of 96 MiB would have taken"),
            "\(page.output)")
    }

    @Test("a fork bomb stays within its processes and dies, and nothing of it is left", arguments: mechanisms)
    func forkBomb(_ mechanism: String) throws {
        let marker = "\(Int.random(in: 100_000...999_999)).5"
        let scene = try scene(
            mechanism,
            """
            stages:
              bomb: { run: "while :; do sleep \(marker) & done", resources: { processes: 60 } }
              neighbour: { run: "sleep 1" }
            """)
        let run = try scene.run()
        #expect(run.outcomes == ["bomb": "overLimit", "neighbour": "succeeded"], "\(run.json)")
        #expect(overLimit(run.attempts(of: "bomb").first)["resource"] as? String == "processes")
        #expect(Processes.containing("sleep\0\(marker)").isEmpty)
    }

    @Test("a stage that writes more than its disk is stopped", arguments: mechanisms)
    func disk(_ mechanism: String) throws {
        let scene = try scene(
            mechanism,
            """
            stages:
              writer:
                run: |
                  n=0
                  while :; do head -c 300000 /dev/zero > "$TMPDIR/$n"; n=$((n + 1)); done
                resources: { disk: 16MiB }
            """)
        let run = try scene.run()
        #expect(run.outcomes == ["writer": "overLimit"], "\(run.json)")
        let over = overLimit(run.attempts(of: "writer").first)
        #expect(over["resource"] as? String == "disk" && over["limit"] as? Int == 16 << 20, "\(over)")
        #expect((over["peak"] as? Int ?? 0) > 16 << 20)
    }

    @Test("what a runner and its supervisor leave in control groups when both are killed is removed with the recovery")
    func leftGroups() throws {
        let scene = try scene("auto", "stages:\n  only: { run: '[ -e LEDGER/go ] || exec sleep 600' }")
        let run = try scene.start(["run"])
        #expect(try comesToHold { try scene.runCount() == 1 && scene.lastRun().attempts(of: "only").count == 1 })
        #expect(comesToHold { !Processes.children(of: run.pid).isEmpty })
        let hadGroups = try !Self.groups(of: run.pid).isEmpty
        kill(run.pid, SIGSTOP)
        for supervisor in Processes.children(of: run.pid) { kill(supervisor, SIGKILL) }
        kill(run.pid, SIGKILL)
        _ = run.wait()
        if hadGroups { #expect(try !Self.groups(of: run.pid).isEmpty, "nobody is left to remove them") }
        scene.touch("go")
        #expect(try scene.sluice(["worker", "--once"]).status == 0)
        #expect(try scene.show(1).outcome == "succeeded")
        #expect(try Self.groups(of: run.pid).isEmpty)
    }

    @Test("stages with a GPU each have different ones, see no others, and their use is measured by nvidia-smi")
    func devices() throws {
        let meet = { (own: String, other: String) in
            "printf %s \"$CUDA_VISIBLE_DEVICES\" > LEDGER/\(own); while [ ! -e LEDGER/\(other) ]; do sleep 0.02; done; "
                + "while [ ! -e LEDGER/asked ]; do sleep 0.02; done; sleep 0.5"
        }
        let scene = try scene(
            "auto",
            """
            stages:
              a: { run: '\(meet("a", "b"))', resources: { gpus: 1 } }
              b: { run: '\(meet("b", "a"))', resources: { gpus: 1 } }
              none: { run: 'printf "<%s>" "$CUDA_VISIBLE_DEVICES" > LEDGER/none' }
            """, gpus: 2)
        try scene.write(["../bin/nvidia-smi*": "#!/bin/sh\necho '75, 2048'\ntouch \(scene.root)/asked\n"])
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        let seen = ["a", "b"].map { try? String(contentsOfFile: scene.ledger($0), encoding: .utf8) }
        #expect(Set(seen) == ["0", "1"], "\(seen)")
        #expect(try String(contentsOfFile: scene.ledger("none"), encoding: .utf8) == "<>")
        let attempts = run.attempts(of: "a") + run.attempts(of: "b")
        #expect(Set(attempts.compactMap { ($0["gpus"] as? [String])?.first }) == ["0", "1"])
        #expect(attempts.contains { ($0["gpu_s"] as? Double ?? 0) > 0 && $0["gpu_memory_peak"] as? Int == 2048 << 20 })
    }

    @Test("two runs at once never use one GPU at the same time")
    func sharedDevice() throws {
        let script = "mkdir LEDGER/busy; sleep 0.4; rmdir LEDGER/busy; echo x >> LEDGER/used"
        let stages = (1...3).map { "  s\($0): { run: '\(script) # \($0)', resources: { gpus: 1 }, cache: false }" }
        let scene = try scene("auto", "stages:\n" + stages.joined(separator: "\n"), gpus: 1)
        let runs = try (0..<2).map { _ in try scene.start(["run"]) }
        for run in runs { #expect(run.wait().status == 0) }
        #expect(scene.lines(of: "used") == 6)
    }

    /// Control groups that a runner made.
    private static func groups(of runner: pid_t) throws -> [Substring] {
        try Scene.shell("find /sys/fs/cgroup -name 'sluice-\(runner)-*' 2>/dev/null || true", in: "/").split(
            separator: "\n")
    }
}
