import Glibc
import SluiceModel
import Testing

@Suite("Cancellation")
struct CancelTests {
    @Test("a plugin hears the cancel line without its token, and exit 30 is a good answer")
    func hears() async throws {
        let attempts = try Attempts()
        let body = """
            say("heartbeat"); open("ready", "w").close()
            line = sys.stdin.readline(); open("heard", "w").write(line)
            say("result", status="failed"); sys.exit(30)
            """
        let cancellation = Cancellation()
        let request = try attempts.plugin(python: body)
        async let running = attempts.run(request, cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.superseded)
        let result = await running
        #expect(result.outcome == .cancelled && result.reason == "superseded" && result.exit == 30)
        #expect(result.error == nil && !result.isCrash)
        #expect(attempts.read("workspace/heard") == #"{"grace_s":5.0,"reason":"superseded","type":"cancel"}"# + "\n")
    }

    @Test("the cancel stands even when the plugin still says ok")
    func lateOk() async throws {
        let attempts = try Attempts()
        let body = "open('ready', 'w').close(); sys.stdin.readline(); say('result', status='ok')"
        let cancellation = Cancellation()
        let request = try attempts.plugin(python: body)
        async let running = attempts.run(request, cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.user)
        let result = await running
        #expect(result.outcome == .cancelled && result.exit == 0)
    }

    @Test(
        "the reason decides the outcome",
        arguments: [
            (CancelReason.timeout, Outcome.timedOut), (.budget, .overLimit), (.user, .cancelled), (.pruned, .cancelled),
        ])
    func outcomes(reason: CancelReason, outcome: Outcome) async throws {
        let attempts = try Attempts()
        let cancellation = Cancellation()
        async let running = attempts.run(attempts.script("touch ready; sleep 600"), cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(reason)
        #expect(await running.outcome == outcome)
    }

    @Test("an attempt that is cancelled before its start does not start")
    func before() async throws {
        let attempts = try Attempts()
        let cancellation = Cancellation()
        cancellation.cancel(.upstream)
        let result = await attempts.run(attempts.script("touch ran"), cancellation)
        #expect(result.outcome == .cancelled && attempts.read("workspace/ran") == nil)
    }

    @Test("a cancel at any moment of a short attempt ends it cleanly")
    func anyMoment() async throws {
        let attempts = try Attempts()
        for delay in 0..<40 {
            let cancellation = Cancellation()
            let request = attempts.script("sleep 0.02; sleep 0.02")
            async let running = attempts.run(request, cancellation)
            try await Task.sleep(for: .milliseconds(delay * 2))
            cancellation.cancel(.user)
            let result = await running
            #expect(result.outcome == .cancelled || result.outcome == .succeeded)
        }
    }

    @Test("whoever has no patience gets a kill at once")
    func impatient() async throws {
        let attempts = try Attempts()
        let cancellation = Cancellation()
        let request = attempts.script("trap '' TERM; touch ready; sleep 600").with { $0.grace = .seconds(3600) }
        async let running = attempts.run(request, cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.user)
        cancellation.killNow(.user)
        let result = await running
        #expect(result.outcome == .cancelled && result.signal == "SIGKILL")
    }

    @Test("SIGTERM reaches the whole group")
    func group() async throws {
        let attempts = try Attempts()
        let script = """
            sh -c 'trap "touch child; exit" TERM; touch ready; while :; do sleep 0.05; done' &
            trap 'wait; exit 30' TERM
            wait
            """
        let cancellation = Cancellation()
        async let running = attempts.run(attempts.script(script), cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.user)
        let result = await running
        #expect(result.outcome == .cancelled && result.exit == 30 && attempts.read("workspace/child") != nil)
    }

    @Test("cleanup runs once after a run that was started, however it ended, with a token of its own")
    func cleanup() async throws {
        let attempts = try Attempts()
        let body = """
            with open("verbs", "a") as f: f.write(f"{sys.argv[1]} {start['verb']} {token}\\n")
            if sys.argv[1] == "run": os.kill(os.getpid(), signal.SIGKILL)
            say("result", status="ok")
            """
        let result = await attempts.run(try attempts.plugin(python: body).with { $0.wantsCleanup = true })
        #expect(result.isCrash && result.warnings == [])
        let lines = (attempts.read("workspace/verbs") ?? "").split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.map { $0.dropLast() } == [["run", "run"], ["cleanup", "cleanup"]])
        #expect(lines.first?.last != lines.last?.last)
    }

    @Test("a cleanup that fails is a warning")
    func cleanupFails() async throws {
        let attempts = try Attempts()
        let body = "say('result', status='ok'); sys.exit(0 if sys.argv[1] == 'run' else 3)"
        let result = await attempts.run(try attempts.plugin(python: body).with { $0.wantsCleanup = true })
        #expect(result.outcome == .succeeded && result.warnings.contains { $0.hasPrefix("cleanup failed") })
    }
}
