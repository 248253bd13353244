import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("Taking up an interrupted run")
struct ResumeTests {
    private let chain = [
        Sketch.stage("a"), Sketch.stage("b", needs: ["a"]), Sketch.stage("c", needs: ["b"]),
    ]

    private func resumed(_ drill: Drill, stages: [Plan.Stage]? = nil, plan: Plan? = nil, isLost: Bool = false) -> Drill
    {
        var next = Drill(plan ?? Sketch.plan(stages ?? chain), resuming: drill, isLost: isLost)
        next.send(.begin)
        return next
    }

    @Test("ended stages stay, the lost attempt is tried again with the next number", arguments: [true, false])
    func lostAttempt(isLost: Bool) {
        var drill = Drill.of(chain)
        drill.end("a")
        var next = resumed(drill, isLost: isLost)
        #expect(next.atWork == ["b"])
        #expect(next.running["b"]?.number == 2)
        next.end("b")
        next.end("c")
        #expect(next.outcome == .succeeded)
        #expect(next.started == ["b", "c"])
        #expect(next.violations.isEmpty)
    }

    @Test("a failed stage stays failed, and stops what it stopped")
    func failedStays() {
        var drill = Drill.of([Sketch.stage("a"), Sketch.stage("b"), Sketch.stage("c", needs: ["b"])])
        drill.end("a", .failed)
        let next = resumed(drill, stages: [Sketch.stage("a"), Sketch.stage("b"), Sketch.stage("c", needs: ["b"])])
        #expect(next.started.isEmpty)
        #expect(next.outcome == .failed)
        #expect(next.reason(of: "b") == "a failed")
    }

    @Test("siblings of a failed instance with fail_fast stay stopped")
    func failFast() {
        let stages = Sketch.matrix("m", count: 2) + [Sketch.stage("x")]
        var drill = Drill.of(stages, options: RunOptions(keepGoing: true))
        drill.end("m[i=0]", .failed)
        var next = Drill(Sketch.plan(stages), options: RunOptions(keepGoing: true), resuming: drill)
        next.send(.begin)
        #expect(next.atWork == ["x"])
        #expect(next.reason(of: "m[i=1]") == "m[i=0] failed and fail_fast is on")
    }

    @Test("a lost deploy ends the run lost, also when an earlier recovery has called it so", arguments: [true, false])
    func lostDeploy(isLost: Bool) {
        let stages = [
            Sketch.stage("d").using(Sketch.plugin("x", role: .deploy)), Sketch.stage("b", needs: ["d"]),
        ]
        let next = resumed(Drill.of(stages), stages: stages, isLost: isLost)
        #expect(next.started.isEmpty)
        #expect(next.ends == ["d": .lost, "b": .skipped])
        #expect(next.outcome == .lost)
        #expect(next.record.reason == "d was lost while it deployed; look at the target before you retry")
    }

    @Test("what was used before counts")
    func used() {
        let limits = [BudgetLimit(resource: .cost, amount: Amount(decimal: "0.06") ?? .zero)]
        var drill = Drill.of(chain)
        drill.end("a", wall: 150)
        let next = resumed(drill, plan: Sketch.plan(chain, limits: limits))
        #expect(next.outcome == .refused)
        #expect(next.started.isEmpty)
    }

    @Test("a lost attempt counts as what was held for it, against the run's own limits too")
    func lostIsCharged() throws {
        // A minute at 1 per hour; an account would have it in its ledger.
        let plan = Sketch.plan(chain, limits: [BudgetLimit(resource: .cost, amount: Amount(decimal: "0.06") ?? .zero)])
        let first = Drill(plan)
        var begun = first
        begun.send(.begin)
        let attempt = try #require(begun.record.stage(named: "a")?.running)
        let held = plan.share(of: attempt, at: "a")
        let lost = RunEvent.Ended.lost(number: 1, charged: held)
        #expect(lost.used["cost"] == Amount(decimal: "0.016666667"))
        #expect(lost.result.usage.declared == ["cost", "cpu_hours", "memory_gib_hours"])
        var record = begun.record
        record.apply(
            RunEvent(sequence: 99, time: begun.now, run: RunID(1), kind: .attemptEnded(stage: "a", lost)))
        let state = RunState(plan: plan, options: RunOptions(), resuming: record)
        #expect(state.used[.cost] == Amount(decimal: "0.016666667"))
    }

    @Test("a run that was being cancelled is cancelled")
    func cancelled() {
        var drill = Drill.of(chain)
        drill.cancel(.superseded)
        let next = resumed(drill)
        #expect(next.started.isEmpty)
        #expect(next.outcome == .cancelled)
    }

    @Test("a run that was being refused is refused")
    func refused() {
        let limits = [BudgetLimit(resource: .cost, amount: Amount(decimal: "0.09") ?? .zero)]
        let stages = [Sketch.stage("long"), Sketch.stage("a"), Sketch.stage("b", needs: ["a"])]
        var drill = Drill(Sketch.plan(stages, limits: limits))
        drill.send(.begin)
        drill.end("a", wall: 300)
        #expect(drill.ends["b"] == .skipped)
        #expect(resumed(drill, stages: stages).outcome == .refused)
    }

    @Test("a run whose last event is missing only ends")
    func allEnded() {
        var drill = Drill.of([Sketch.stage("a")])
        drill.end("a")
        var next = Drill(Sketch.plan([Sketch.stage("a")]), resuming: drill.withoutLastEvent())
        next.send(.begin)
        #expect(next.outcome == .succeeded)
        #expect(next.started.isEmpty)
    }

    @Test("a run that was degraded before stays degraded")
    func degraded() {
        let profiles = (Sketch.profile("large", cpus: 4), Sketch.profile("small", isDegraded: true))
        let stages = [
            Sketch.stage("a").ways(profiles.0, profiles.1, chosen: 1),
            Sketch.stage("b", needs: ["a", "slow"]).condition("!plan.degraded"),
            Sketch.stage("slow"),
        ]
        var drill = Drill.of(stages, cpus: 2)
        drill.end("a")
        var next = resumed(drill, stages: stages)
        next.end("slow")
        #expect(next.reason(of: "b") == "its condition does not hold")
    }
}
