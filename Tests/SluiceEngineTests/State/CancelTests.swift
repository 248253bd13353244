import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("Cancelling a run")
struct CancelTests {
    @Test("running attempts are asked to stop, the second time killed; what has not started is skipped")
    func twice() {
        var drill = Drill.of([Sketch.stage("a"), Sketch.stage("b", cpus: 4), Sketch.stage("c", needs: ["a"])])
        drill.cancel()
        #expect(drill.cancelled == ["a"])
        #expect(drill.killed.isEmpty)
        #expect(drill.ends == ["b": .skipped, "c": .skipped])
        #expect(drill.reason(of: "b") == "cancelled (user)")
        drill.cancel(.shutdown, killNow: true)
        #expect(drill.killed == ["a"])
        #expect(drill.outcome == nil)
        drill.end("a", .cancelled)
        #expect(drill.outcome == .cancelled)
        #expect(drill.record.reason == "cancelled (user)")
        #expect(drill.violations.isEmpty)
    }

    @Test("a stage that waits to be tried again is cancelled, and nothing wakes it")
    func whileBackingOff() {
        var drill = Drill.of([Sketch.stage("a").retrying(1)])
        drill.end("a", .failed, error: .transient)
        drill.cancel()
        #expect(drill.ends == ["a": .cancelled])
        #expect(drill.outcome == .cancelled)
        drill.pass(seconds: 100)
        #expect(drill.started == ["a"])
        #expect(drill.violations.isEmpty)
    }

    @Test("a stage whose environment is built, or whose key is looked up, does not start any more")
    func whilePreparing() {
        var drill = Drill(
            Sketch.plan([Sketch.stage("a").using(Sketch.plugin("py", wantsPython: true)), Sketch.stage("b")]))
        drill.environment = nil
        drill.holdsLookUps = true
        drill.send(.begin)
        drill.cancel()
        #expect(drill.outcome == .cancelled)
        drill.answerEnvironments(.success(ProvidedEnvironment(folder: "/e", lock: "l", buildSeconds: 9)))
        drill.answerLookUps()
        #expect(drill.started.isEmpty)
        #expect(drill.violations.isEmpty)
    }

    @Test("an attempt that ends well after the cancel keeps its result, and no stage follows it")
    func lateSuccess() {
        var drill = Drill.of([
            Sketch.stage("a", script: "x"), Sketch.stage("b", script: "x"), Sketch.stage("c", needs: ["a"]),
        ])
        drill.cancel()
        drill.end("a")
        #expect(drill.ends == ["a": .succeeded, "b": .skipped, "c": .skipped])
        #expect(drill.outcome == .cancelled)
    }

    @Test("a failed attempt is not tried again after the cancel")
    func noRetry() {
        var drill = Drill.of([Sketch.stage("a").retrying(3)])
        drill.cancel()
        drill.end("a", .failed, error: .transient)
        #expect(drill.outcome == .cancelled)
    }

    @Test("a cancel after a lost deploy leaves the run lost")
    func afterLost() {
        var drill = Drill.of([Sketch.stage("d").using(Sketch.plugin("x", role: .deploy)), Sketch.stage("b")])
        drill.end("d", .lost)
        drill.cancel()
        drill.end("b", .cancelled)
        #expect(drill.outcome == .lost)
    }
}
