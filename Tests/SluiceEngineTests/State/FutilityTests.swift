import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("Stages that are stopped once they run for nothing")
struct FutilityTests {
    /// `a` and `b` cost 1 per hour; each is expected to take a minute.
    private func drill(
        _ limits: [BudgetLimit], asks: Bool = true, onlyAlone: Bool = false, median: Int64? = nil
    ) -> Drill {
        var second = Sketch.profile()
        second.estimate.median = median.map { .seconds($0) }
        let stages = [
            Sketch.stage("a").changed { $0.definition.stopWhenFutile = asks },
            Sketch.stage("b", needs: ["a"]).ways(second),
        ]
        var drill = Drill(Sketch.plan(onlyAlone ? [stages[0]] : stages, limits: limits))
        drill.send(.begin)
        return drill
    }

    private func cost(_ amount: String) -> [BudgetLimit] {
        [BudgetLimit(resource: .cost, amount: Amount(decimal: amount) ?? .zero)]
    }

    @Test("at the moment at which what comes behind it cannot be paid for any more, and not before")
    func stops() throws {
        // 0.05 is 180 s: behind 120 s of `a` there is no minute left for `b`, whose price is rounded up.
        var drill = drill(cost("0.05"))
        let from = try #require(drill.state.nextWake)
        #expect(from == drill.now.advanced(bySeconds: 120))
        drill.pass(seconds: 119.999)
        #expect(drill.cancelled.isEmpty)
        drill.pass(seconds: 0.001)
        #expect(drill.cancelled == ["a"] && drill.reasons == ["a": .budget])
        drill.pass(seconds: 1)
        #expect(drill.cancelled == ["a"], "asked once")
        drill.end("a", .overLimit, wall: 121)
        #expect(drill.ends == ["a": .overLimit, "b": .skipped])
        #expect(drill.outcome == .failed && drill.violations.isEmpty)
        #expect(drill.reason(of: "a") == "cost: at least 0.0501 needed with what is still to come, 0.05 allowed")
        #expect(drill.record.stage(named: "a")?.futility == drill.reason(of: "a"))
    }

    @Test("never unless the pipeline asks for it, nor for what is measured only afterwards")
    func leavesAlone() {
        var silent = drill(cost("0.05"), asks: false)
        silent.pass(seconds: 1000)
        var cpu = drill([BudgetLimit(resource: .cpuHours, amount: Amount(decimal: "0.05") ?? .zero)])
        cpu.pass(seconds: 1000)
        #expect(silent.cancelled.isEmpty && cpu.cancelled.isEmpty)
    }

    @Test("what it waits in its executor's queue costs nothing: the moment counts from when it began")
    func queued() {
        var away = Sketch.profile()
        away.request.pool = "cluster"
        let stages = [
            Sketch.stage("a").ways(away).changed { $0.definition.stopWhenFutile = true },
            Sketch.stage("b", needs: ["a"]),
        ]
        var plan = Sketch.plan(stages, limits: cost("0.05"))
        plan.pools["cluster"] = plan.pool
        var drill = Drill(plan)
        drill.send(.begin)
        drill.send(.attemptWaits(stage: 0, number: 1, reason: "Resources"))
        drill.send(.attemptWaits(stage: 0, number: 1, reason: "Resources"))
        drill.pass(seconds: 1000)
        #expect(drill.cancelled.isEmpty && drill.record.stage(named: "a")?.queued?.waits.map(\.reason) == ["Resources"])
        let began = drill.now
        drill.send(.attemptBegan(stage: 0, number: 1))
        drill.send(.attemptBegan(stage: 0, number: 1))
        drill.send(.attemptWaits(stage: 0, number: 1, reason: "too late to be true"))
        drill.pass(seconds: 119.999)
        #expect(drill.cancelled.isEmpty)
        let running = drill.record.stage(named: "a")?.running
        #expect(running?.began == began && running?.waits.map(\.until) == [began], "\(String(describing: running))")
        drill.pass(seconds: 0.001)
        #expect(drill.cancelled == ["a"])
    }

    @Test("the deadline counts, with the longest chain that is to come")
    func deadline() {
        var drill = drill([BudgetLimit(resource: .wall, amount: Amount(200))])
        drill.pass(seconds: 140)
        #expect(drill.cancelled.isEmpty)
        drill.pass(seconds: 0.001)
        #expect(drill.cancelled == ["a"])
    }

    @Test("what is to come counts with its median, where history knows it")
    func median() {
        var drill = drill(cost("0.05"), median: 30)
        drill.pass(seconds: 149.999)
        #expect(drill.cancelled.isEmpty)
        drill.pass(seconds: 0.002)
        #expect(drill.cancelled == ["a"])
    }

    @Test("a stage with nothing behind it is stopped when it has used up what there is")
    func alone() {
        var drill = drill(cost("0.05"), onlyAlone: true)
        drill.pass(seconds: 180)
        #expect(drill.cancelled.isEmpty)
        drill.pass(seconds: 1)
        #expect(drill.cancelled == ["a"])
    }

    @Test("a result that comes while it is being stopped counts")
    func finishes() {
        var drill = drill(cost("0.05"))
        drill.pass(seconds: 121)
        drill.end("a", wall: 121)
        #expect(drill.ends["a"] == .succeeded)
        #expect(drill.outcome == .refused)
    }
}
