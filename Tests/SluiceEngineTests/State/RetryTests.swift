import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("Trying again")
struct RetryTests {
    @Test("an error of a listed class is tried again after the backoff, under the next number")
    func transient() {
        var drill = Drill.of([Sketch.stage("a").retrying(1)])
        drill.end("a", .failed, error: .transient)
        #expect(drill.state.nextWake == drill.now.advanced(bySeconds: 10))
        #expect(
            drill.events.last?.kind == .retryScheduled(stage: "a", number: 2, delay: 10, reason: "transient: it broke"))
        drill.pass(seconds: 9.999)
        #expect(drill.atWork.isEmpty)
        drill.pass(seconds: 0.001)
        #expect(drill.running["a"]?.number == 2)
        #expect(drill.state.nextWake == nil)
        drill.end("a")
        #expect(drill.outcome == .succeeded)
        #expect(drill.record.usage["cost"] == Amount(decimal: "0.033333334"))
    }

    @Test("after the limit the stage has failed, and the backoff grows")
    func limit() {
        var drill = Drill.of([Sketch.stage("a").retrying(2)])
        drill.end("a", .failed, error: .transient)
        drill.pass(seconds: 10)
        drill.end("a", .failed, error: .transient)
        #expect(drill.state.nextWake == drill.now.advanced(bySeconds: 20))
        drill.pass(seconds: 20)
        drill.end("a", .failed, error: .transient)
        #expect(drill.ends["a"] == .failed)
        #expect(drill.outcome == .failed)
        #expect(drill.started.count == 3)
    }

    @Test("a class that is not listed is not tried again", arguments: [ErrorClass.user, .config, .resource])
    func otherClass(_ class: ErrorClass) {
        var drill = Drill.of([Sketch.stage("a").retrying(3)])
        drill.end("a", .failed, error: `class`)
        #expect(drill.outcome == .failed)
    }

    @Test("a crash is tried again once")
    func crash() {
        var drill = Drill.of([Sketch.stage("a").retrying(5, classes: [])])
        drill.end("a", .failed) { $0.isCrash = true }
        drill.pass(seconds: 10)
        drill.end("a", .failed) { $0.isCrash = true }
        #expect(drill.outcome == .failed)
        #expect(drill.started.count == 2)
    }

    @Test("a deploy is never tried again")
    func deploy() {
        var drill = Drill.of([Sketch.stage("d").using(Sketch.plugin("x", role: .deploy)).retrying(3)])
        drill.end("d", .failed, error: .transient)
        #expect(drill.outcome == .failed)
    }

    @Test("a lost deploy ends the run lost with a hint; what runs ends first")
    func lostDeploy() {
        var drill = Drill.of([
            Sketch.stage("d").using(Sketch.plugin("x", role: .deploy)), Sketch.stage("b"),
            Sketch.stage("c", needs: ["b"]),
        ])
        drill.end("d", .lost)
        #expect(drill.outcome == nil)
        drill.end("b")
        #expect(drill.ends == ["d": .lost, "b": .succeeded, "c": .skipped])
        #expect(drill.outcome == .lost)
        #expect(drill.record.reason == "d was lost while it deployed; look at the target before you retry")
    }

    @Test("a run that fails does not wait for a backoff: the stage ends as its last attempt did")
    func haltWhileBackingOff() {
        var drill = Drill.of([Sketch.stage("a").retrying(1), Sketch.stage("b")])
        drill.end("a", .failed, error: .transient)
        drill.end("b", .failed, error: .user)
        #expect(drill.ends == ["a": .failed, "b": .failed])
        #expect(drill.reason(of: "a") == "it broke")
        #expect(drill.outcome == .failed)
    }

    @Test("an attempt's end and what it means are one transaction")
    func oneTransaction() {
        var state = RunState(
            plan: Sketch.plan([Sketch.stage("d").using(Sketch.plugin("x", role: .deploy))]), options: RunOptions())
        let now = Timestamp(milliseconds: 0)
        _ = state.apply(.begin, at: now)
        _ = state.apply(.lookedUp(stage: 0, nil), at: now)
        let effects = state.apply(
            .attemptEnded(stage: 0, AttemptReport(number: 1, result: AttemptResult(outcome: .succeeded))), at: now)
        #expect(effects.count == 1)
        guard case .complete(_, let kinds, _) = effects.first else {
            Issue.record("no completion")
            return
        }
        #expect(kinds.map(\.typeName) == [.attemptEnded, .stageEnded, .runEnded])
    }

    @Test("a report of another attempt than the one at work is ignored")
    func staleReport() {
        var drill = Drill.of([Sketch.stage("a").retrying(1)])
        drill.end("a", .failed, error: .transient)
        let stale = AttemptReport(number: 1, result: AttemptResult(outcome: .succeeded))
        drill.send(.attemptEnded(stage: 0, stale))
        #expect(drill.ends.isEmpty)
        drill.pass(seconds: 10)
        drill.send(.attemptEnded(stage: 0, stale))
        #expect(drill.atWork == ["a"])
    }
}
