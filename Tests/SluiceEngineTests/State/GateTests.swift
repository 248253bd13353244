import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("The gate before every attempt")
struct GateTests {
    private func limit(_ cost: String) -> [BudgetLimit] {
        [BudgetLimit(resource: .cost, amount: Amount(decimal: cost) ?? .zero)]
    }

    @Test("a run that was refused before it began ends refused, and nothing starts")
    func refusedPlan() {
        var drill = Drill(
            Sketch.plan([Sketch.stage("a")], decision: .policy("main only")))
        drill.send(.begin)
        #expect(drill.outcome == .refused)
        #expect(drill.started.isEmpty)
        #expect(drill.record.reason == "main only")
        drill.cancel()
        #expect(drill.violations.isEmpty)
    }

    @Test("when more was used than was planned the rest is refused and says why")
    func refused() throws {
        let stages = [Sketch.stage("a"), Sketch.stage("b", needs: ["a"]), Sketch.stage("c", needs: ["b"])]
        var drill = Drill(Sketch.plan(stages, limits: limit("0.06")))
        drill.send(.begin)
        drill.end("a", wall: 150)
        #expect(drill.ends == ["a": .succeeded, "b": .skipped, "c": .skipped])
        #expect(try #require(drill.reason(of: "b")).hasPrefix("refused: "))
        #expect(drill.outcome == .refused)
    }

    @Test("a stage that was chosen anew is bound anew, with its own key, and the run is degraded by it")
    func rebinding() throws {
        let second = Sketch.stage("b", needs: ["a"]).ways(
            Sketch.profile("large", cpus: 4),
            Sketch.profile("small", penalty: 5, with: ["subsample": .number(0.2)], isDegraded: true))
        let last = Sketch.stage("c", needs: ["b"]).condition("!plan.degraded")
        var drill = Drill(Sketch.plan([Sketch.stage("a"), second, last], limits: limit("0.12")))
        drill.send(.begin)
        #expect(drill.lookUps == 1)
        drill.end("a", wall: 180)
        let order = try #require(drill.running["b"])
        #expect(order.profile.profile.name == "small")
        #expect(order.decision.verdict == .degrade)
        #expect(order.binding.parts.contains { $0.name == "params.subsample" })
        #expect(drill.lookUps == 3)
        drill.end("b")
        #expect(drill.completions.last?.entry.isDegraded == true)
        #expect(drill.reason(of: "c") == "its condition does not hold")
        #expect(drill.outcome == .succeeded)
    }

    @Test("the result of the other profile may be there already")
    func rebindingCached() throws {
        let stages = [
            Sketch.stage("a"),
            Sketch.stage("b", needs: ["a"]).ways(
                Sketch.profile("large", cpus: 4), Sketch.profile("small", penalty: 5, with: ["s": .integer(1)])),
        ]
        var first = Drill(Sketch.plan(stages, limits: limit("0.1")))
        first.send(.begin)
        first.end("a", wall: 180)
        first.end("b")
        var second = Drill(
            Sketch.plan(
                stages.map { stage in stage.name == "a" ? stage.changed { $0.definition.cache = .off } : stage },
                limits: limit("0.1")))
        second.cache = first.cache
        second.send(.begin)
        second.end("a", wall: 180)
        #expect(second.ends["b"] == .cached)
    }

    @Test("a deploy refuses a run that was degraded since its plan")
    func degradedDeploy() {
        let deploy = Sketch.stage("d").using(Sketch.plugin("x", role: .deploy))
        var plan = Sketch.plan([deploy])
        plan.isDegraded = true
        var drill = Drill(plan)
        drill.send(.begin)
        #expect(drill.outcome == .refused)
        #expect(drill.reason(of: "d") == "refused: d refuses a degraded run: allow_degraded would let it")
        plan.stages[0].definition.allowDegraded = true
        var allowed = Drill(plan)
        allowed.send(.begin)
        #expect(allowed.atWork == ["d"])
    }
}
