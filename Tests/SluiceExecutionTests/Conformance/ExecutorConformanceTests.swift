import Foundation
import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// What holds wherever an attempt runs: one contract, one table of endings, one way to stop, one result.
@Suite("Every executor")
struct ExecutorConformanceTests {
    @Test("the suite runs on a real Slurm cluster", .enabled(if: Slurm.isHere, "scripts/slurm-up could start none"))
    func slurmIsHere() { #expect(Slurm.run("sinfo", ["--noheader"]).count > 1) }

    @Test("the suite runs through the real kubectl", .enabled(if: Kubernetes.isHere, "scripts/test could get none"))
    func kubectlIsHere() { #expect(Kubernetes.run("kubectl", ["version", "--client"]).isGood) }

    @Test("a good attempt reads alike: metrics, values, usage, log, and what it said live", arguments: Lane.everywhere)
    func success(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(
            python: """
                print("plain text")
                say("metric", name="loss", value=0.5, step=1)
                say("metric", name="auc", value=0.98)
                say("output", name="rows", value=7)
                say("progress", done=1, total=1)
                sum(range(2_000_000))
                say("result", status="ok")
                """)
        let result = await attempts.run(request, by: lane.executor(attempts))
        #expect(result.outcome == .succeeded && result.exit == 0 && result.error == nil && result.warnings == [])
        #expect(result.metrics == ["auc": 0.98] && result.outputValues == ["rows": .integer(7)])
        #expect(result.strays == 1 && result.enforcement != nil)
        #expect(result.usage.cpu > 0 && result.usage.wall > 0 && result.usage.memoryPeak > 1 << 20)
        #expect((result.usage.queued != nil) == (lane != .local))
        #expect(attempts.shown.contains("plain text"))
        #expect(attempts.events.contains(.metric(name: "loss", value: 0.5, step: 1)))
        #expect((attempts.read("log.jsonl") ?? "").contains(#""stream":"stdout","text":"plain text"}"#))
        #expect((attempts.read("log.jsonl.metrics") ?? "").contains(#""name":"loss""#))
    }

    /// The contract's table: what is said last, the exit status, and what both together mean.
    static let endings: [(said: String, exit: String, outcome: Outcome, code: String?)] = [
        ("say('result', status='ok')", "sys.exit(0)", .succeeded, nil),
        ("say('result', status='ok')", "sys.exit(1)", .failed, "protocol.exit_mismatch"),
        ("say('result', status='skipped', reason='r')", "sys.exit(0)", .skipped, nil),
        ("say('result', status='failed', reason='r')", "sys.exit(10)", .failed, nil),
        ("pass", "sys.exit(11)", .failed, "protocol.version"),
        ("pass", "sys.exit(0)", .failed, "plugin.crashed"),
        ("pass", "os.kill(os.getpid(), signal.SIGSEGV)", .failed, "plugin.crashed"),
        ("say('result', status='ok')", "sys.exit(30)", .failed, "protocol.exit_mismatch"),
    ]

    static let errorClasses: [(name: ErrorClass, exit: Int32)] = [
        (.internal, 1), (.config, 12), (.user, 12), (.transient, 20), (.resource, 21), (.dependency, 22),
    ]

    @Test("every ending of the contract's table means the same", arguments: Lane.everywhere)
    func endings(_ lane: Lane) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ending in Self.endings {
                group.addTask {
                    let result = try await self.result(of: ending.said + "\n" + ending.exit, lane)
                    #expect(
                        result.outcome == ending.outcome && result.error?.code == ending.code, "\(ending): \(result)")
                }
            }
            for (name, exit) in Self.errorClasses {
                group.addTask {
                    let said = #"say("error", **{"class": "\#(name.rawValue)", "code": "x.y", "message": "m"})"#
                    let result = try await self.result(of: said + "\nsys.exit(\(exit))", lane)
                    #expect(result.outcome == .failed && result.exit == exit, "\(result)")
                    #expect(result.error?.errorClass == name && result.error?.code == "x.y", "\(result)")
                }
            }
            try await group.waitForAll()
        }
    }

    private func result(of body: String, _ lane: Lane) async throws -> AttemptResult {
        let attempts = try Attempts()
        return await attempts.run(try attempts.plugin(python: body), by: lane.executor(attempts))
    }

    /// The table of `command`, where the exit status alone decides.
    private static let commandEndings: [(script: String, outcome: Outcome, errorClass: ErrorClass?, code: String?)] = [
        ("exit 0", .succeeded, nil, nil), ("exit 10", .failed, nil, nil),
        ("exit 20", .failed, .transient, "command.exit_20"), ("exit 21", .failed, .resource, "command.exit_21"),
        ("exit 22", .failed, .dependency, "command.exit_22"), ("exit 30", .failed, .internal, "protocol.exit_mismatch"),
        ("exit 7", .failed, .user, "command.exit_7"), ("kill -SEGV $$", .failed, .internal, "plugin.crashed"),
    ]

    @Test("every exit of a command means the same", arguments: Lane.everywhere)
    func commandEndings(_ lane: Lane) async throws {
        await withThrowingTaskGroup(of: Void.self) { group in
            for ending in Self.commandEndings {
                group.addTask {
                    let attempts = try Attempts()
                    let result = await attempts.run(attempts.script(ending.script), by: lane.executor(attempts))
                    #expect(result.outcome == ending.outcome, "\(ending): \(result)")
                    #expect(result.error?.errorClass == ending.errorClass && result.error?.code == ending.code)
                }
            }
        }
    }

    @Test(
        "an attempt whose supervisor on the node is killed is lost, and nothing of it is left", arguments: Lane.onNodes)
    func supervisor(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(python: "print(os.getpid(), flush=True); time.sleep(600)")
        async let running = attempts.run(request, by: lane.executor(attempts))
        try await attempts.holds { $0.shown.contains { Int32($0) != nil } }
        let plugin = try #require(attempts.shown.compactMap { Int32($0) }.first)
        // Its parent is the attempt's own supervisor, and whose child that is has the word on the node.
        let supervisor = try #require(parent(of: plugin).flatMap(parent))
        #expect(supervisor > 1 && supervisor != getpid() && kill(supervisor, SIGKILL) == 0)
        let result = await running
        #expect(result.outcome == .lost && result.error?.errorClass == .transient, "\(result)")
        #expect(result.error?.code.hasSuffix(".supervisor_lost") == true, "\(result)")
        try await attempts.holds { _ in !isAlive(plugin) }
    }

    @Test("an attempt over its timeout is stopped", arguments: Lane.everywhere)
    func timeout(_ lane: Lane) async throws {
        let attempts = try Attempts()
        var request = attempts.script("sleep 600")
        request.timeout = .milliseconds(500)
        request.grace = .seconds(1)
        let result = await attempts.run(request, by: lane.executor(attempts))
        #expect(result.outcome == .timedOut && result.usage.wall < 60, "\(result)")
    }

    @Test("a plugin hears a cancel with its reason, and ends within its grace", arguments: Lane.here)
    func cancel(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(
            python: """
                open("ready", "w").close()
                line = sys.stdin.readline(); open("heard", "w").write(line)
                say("result", status="failed"); sys.exit(30)
                """)
        let cancellation = Cancellation()
        async let running = attempts.run(request, cancellation, by: lane.executor(attempts))
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.superseded)
        let result = await running
        #expect(result.outcome == .cancelled && result.reason == "superseded" && result.exit == 30, "\(result)")
        #expect(attempts.read("workspace/heard") == #"{"grace_s":5.0,"reason":"superseded","type":"cancel"}"# + "\n")
    }

    @Test(
        "a program that ignores every wish is killed when its grace is over, and nothing of it is left",
        arguments: Lane.here)
    func stubborn(_ lane: Lane) async throws {
        let attempts = try Attempts()
        var request = attempts.script(
            "trap '' TERM; (trap '' TERM; exec sleep 600) & echo $! > child; touch ready; wait; wait")
        request.grace = .milliseconds(500)
        let cancellation = Cancellation()
        async let running = attempts.run(request, cancellation, by: lane.executor(attempts))
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.user)
        let result = await running
        #expect(result.outcome == .cancelled && result.signal == "SIGKILL", "\(result)")
        let child = try #require(attempts.read("workspace/child").flatMap { Int32($0.filter(\.isWholeNumber)) })
        #expect(!lane.isOfThisMachine || !isAlive(child))
    }

    @Test("an attempt over its memory says so, with its grant and its peak", arguments: Lane.everywhere)
    func memory(_ lane: Lane) async throws {
        let attempts = try Attempts()
        var request = try attempts.plugin(
            python: """
                kept = []
                for _ in range(400): kept.append(bytearray(4 << 20)); time.sleep(0.005)
                say("result", status="ok")
                """)
        request.grant.request.memory = 96 << 20
        let result = await attempts.run(request, by: lane.executor(attempts))
        #expect(result.outcome == .overLimit && result.overrun?.resource == .memory, "\(result)")
        #expect(result.overrun?.limit == 96 << 20 && result.error?.errorClass == .resource)
    }

    @Test(
        "the operator's sandbox is had on the node, what he hides is not there, and the result says what was in force",
        .enabled(if: SandboxSettings.obstacle(searchPath: "") == nil, "bubblewrap cannot wall anything in here"),
        arguments: Lane.durable.filter(\.isOfThisMachine), SandboxChoice.allCases)
    func sandbox(_ lane: Lane, _ choice: SandboxChoice) async throws {
        let attempts = try Attempts()
        let secret = NSHomeDirectory() + "/sluice-test-\(UInt32.random(in: 0 ... .max))"
        #expect(FileManager.default.createFile(atPath: secret, contents: Data("theirs".utf8)))
        defer { unlink(secret) }
        var executor = Lane.remote(lane.engine(), attempts)
        executor.sandbox = NodeSandbox(choice, hidden: [secret])
        let request = attempts.script("cat \(secret) > seen || true")
        let result = await attempts.run(request, by: executor)
        #expect(result.outcome == .succeeded && result.warnings == [], "\(result)")
        let isWalled = choice != .off
        #expect(attempts.read("workspace/seen") == (isWalled ? "" : "theirs"))
        #expect(
            result.sandbox
                == (isWalled
                    ? Sandbox(mechanism: .bubblewrap, isStrict: choice == .strict, hasNetwork: choice == .auto)
                    : .none(noNewPrivileges: true))
        )
    }

    @Test(
        "a node that has no sandbox says so, and runs nothing that must have one", arguments: Lane.durable,
        [false, true])
    func noSandbox(_ lane: Lane, _ isStrict: Bool) async throws {
        let attempts = try Attempts()
        mkdir("\(attempts.root)/bin", 0o755)
        try attempts.write("bin/bwrap", "#!/bin/sh\necho no namespaces here >&2; exit 1\n", mode: 0o755)
        var executor = Lane.remote(lane.engine(), attempts)
        executor.sandbox = NodeSandbox(isStrict ? .strict : .auto)
        let request = attempts.script("touch ran").with { $0.searchPath = "\(attempts.root)/bin:\($0.searchPath)" }
        let result = await attempts.run(request, by: executor)
        #expect(result.sandbox.mechanism == .none && (attempts.read("workspace/ran") == nil) == isStrict)
        if isStrict {
            #expect(result.outcome == .failed && result.error?.errorClass == .config)
            #expect(
                result.error?.code == "sandbox.unavailable" && result.error?.message.contains("no namespaces") == true)
        } else {
            #expect(result.outcome == .succeeded && result.warnings.first?.contains("no namespaces here") == true)
        }
    }

    @Test("what it says comes while it runs", arguments: Lane.here)
    func live(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(
            python: """
                print("are you there?", flush=True); say("metric", name="loss", value=1.5, step=1)
                while not os.path.exists("answer"): time.sleep(0.01)
                say("result", status="ok")
                """)
        async let running = attempts.run(request, by: lane.executor(attempts))
        try await attempts.holds { attempts in
            attempts.shown.contains("are you there?")
                && attempts.events.contains(.metric(name: "loss", value: 1.5, step: 1))
        }
        try attempts.write("workspace/answer", "yes")
        #expect(await running.outcome == .succeeded)
    }

    @Test("a large output and a long log come through whole, or cut with a word", arguments: Lane.everywhere)
    func large(_ lane: Lane) async throws {
        let attempts = try Attempts()
        var request = try attempts.plugin(
            python: """
                with open("big", "wb") as file:
                    for _ in range(64): file.write(b"x" * (1 << 20))
                for n in range(60000): print("line", n, "x" * 40)
                say("result", status="ok")
                """)
        request.limits.log = 1 << 20
        let result = await attempts.run(request, by: lane.executor(attempts))
        #expect(result.outcome == .succeeded, "\(result)")
        #expect(result.warnings.contains { $0.hasPrefix("the log is cut") })
        var information = stat()
        #expect(stat("\(attempts.root)/workspace/big", &information) == 0 && information.st_size == 64 << 20)
        let log = try #require(attempts.read("log.jsonl"))
        #expect(log.utf8.count < 3 << 20 && log.contains("line 59999 "))
    }

    @Test("two at once do not hear each other", arguments: Lane.here)
    func two(_ lane: Lane) async throws {
        let (left, right) = (try Attempts(), try Attempts())
        let requests = [(left, right), (right, left)].map { own, other in
            own.script(
                "touch ready; while [ ! -e \(other.root)/workspace/ready ]; do sleep 0.02; done; echo \(own.root)")
        }
        async let first = left.run(requests[0], by: lane.executor(left))
        async let second = right.run(requests[1], by: lane.executor(right))
        #expect(await [first.outcome, second.outcome] == [.succeeded, .succeeded])
        #expect(left.shown.contains(left.root) && !left.shown.contains(right.root))
    }

    @Test("a secret reaches the plugin, is masked, and is in no file that stays", arguments: Lane.everywhere)
    func secrets(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let value = #"quite "secret" $HOME\n"#
        let request = try attempts.plugin(
            python: """
                value = os.environ["TOKEN"]
                print("it is", value); print(len(value), "characters")
                say("result", status="ok")
                """
        ).with { $0.secrets = [Secret(name: "TOKEN", value: Array(value.utf8))] }
        let executor = lane.executor(attempts)
        let result = await attempts.run(request, by: executor)
        #expect(result.outcome == .succeeded && attempts.shown.contains("it is ***"), "\(result) \(attempts.shown)")
        #expect(attempts.shown.contains("\(value.count) characters"))
        executor.forget("")
        let found = EngineProgram(searchPath: Slurm.searchPath, environment: [:])
            .run("grep", ["-rlF", "--", value, attempts.root])
        #expect(found.lines == [])
    }

    @Test("an attempt that was cancelled before its start does not start", arguments: Lane.everywhere)
    func before(_ lane: Lane) async throws {
        let attempts = try Attempts()
        let cancellation = Cancellation()
        cancellation.cancel(.upstream)
        let result = await attempts.run(attempts.script("touch ran"), cancellation, by: lane.executor(attempts))
        #expect(result.outcome == .cancelled && attempts.read("workspace/ran") == nil)
    }
}
