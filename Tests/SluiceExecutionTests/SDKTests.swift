import SluiceModel
import Testing

@Suite("Plugins that use the Python SDK")
struct SDKTests {
    @Test("a handler's metrics, values, prints and return make a good attempt")
    func good() async throws {
        let attempts = try Attempts()
        let result = await attempts.run(
            try Self.plugin(
                attempts,
                """
                print("to the log"); ctx.metric("auc", ctx.params["lr"]); ctx.output("x", [1]); ctx.progress(1, 2)
                """))
        #expect(result.outcome == .succeeded && result.metrics == ["auc": 0.1] && result.warnings == [])
        #expect(result.outputValues == ["x": .array([.integer(1)])] && result.strays == 0)
        #expect(attempts.shown == ["to the log"])
    }

    @Test("verdicts, errors with a class and bugs end as what they are")
    func endings() async throws {
        let attempts = try Attempts()
        let failed = await attempts.run(try Self.plugin(attempts, "raise sluice.Failed('too bad')"))
        #expect(failed.outcome == .failed && failed.reason == "too bad" && failed.error == nil)
        let skipped = await attempts.run(try Self.plugin(attempts, "raise sluice.Skipped('nothing')"))
        #expect(skipped.outcome == .skipped && skipped.reason == "nothing")
        let error = await attempts.run(try Self.plugin(attempts, "raise sluice.TransientError('later')"))
        #expect(error.error?.errorClass == .transient && error.exit == 20)
        let bug = await attempts.run(try Self.plugin(attempts, "1 / 0"))
        #expect(bug.error?.errorClass == .internal && bug.exit == 1 && !bug.isCrash)
        #expect(bug.error?.stderr.last == "ZeroDivisionError: division by zero")
    }

    @Test("a handler that waits is cancelled within its grace")
    func cancelled() async throws {
        let attempts = try Attempts()
        let request = try Self.plugin(
            attempts, "open('ready', 'w').close()\n    with ctx.interruptible(): time.sleep(600)")
        let cancellation = Cancellation()
        async let running = attempts.run(request, cancellation)
        try await attempts.appearance(of: "workspace/ready")
        cancellation.cancel(.user)
        let result = await running
        #expect(result.outcome == .cancelled && result.exit == 30 && result.warnings == [])
    }

    /// `body` is the handler, at the indentation of the function.
    private static func plugin(_ attempts: Attempts, _ body: String) throws -> AttemptRequest {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = """
            import sys, time
            sys.path.insert(0, "/\(root)/sdk/python")
            import sluice
            def run(ctx):
                \(body)
            sluice.main(run)

            """
        try attempts.write("plugin/p.py", text)
        return attempts.request(
            .plugin(command: ["python3", "./p.py"], folder: "\(attempts.root)/plugin", python: nil), .sluice1)
    }
}
