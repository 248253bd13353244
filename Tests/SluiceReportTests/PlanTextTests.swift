import SluiceModel
import SluiceReport
import Testing

@Suite struct PlanTextTests {
    @Test("an admitted plan shows its stages, bars over time and the verdict")
    func admitted() throws {
        let plan = try Build.plan(stages: Build.stages(chosen: true), decision: Build.admitted())
        try expectGolden("plan-admitted.txt", PlanText.lines(plan, width: 100, style: .plain))
        try expectGolden("plan-admitted-colour.txt", PlanText.lines(plan, width: 100, style: .coloured))
        try expectGolden("plan-admitted-ascii.txt", PlanText.lines(plan, width: 72, style: .ascii))
    }

    @Test("a refused plan shows what was wanted, the limits and what would fit")
    func refused() throws {
        let plan = try Build.plan(
            stages: Build.stages(chosen: false), decision: Build.refused(),
            diagnostics: [Build.diagnostic(.warning), Build.diagnostic(.note)],
            revision: Build.revision(trusted: false, worktree: true))
        try expectGolden("plan-refused.txt", PlanText.lines(plan, width: 100, style: .plain))
    }

    @Test("a degraded plan shows its limits, a skipped stage says why")
    func degraded() throws {
        var stages = try Build.stages(chosen: true)
        stages[1].profiles = [
            try Build.profile("sample", seconds: 120, cost: "0.1", source: .declared, degraded: true)
        ]
        stages[3].condition = .fails
        stages[3].chosen = nil
        stages[3].start = nil
        var decision = try Build.admitted([Build.limit("cost", "0.3", asked: "0.12", left: "0.3")])
        stages[2].start = 120
        decision.verdict = .degrade
        decision.objective = nil
        decision.explanation = ["train runs as sample: large would need cost 0.42, 0.30 is left"]
        let plan = try Build.plan(stages: stages, decision: decision, isDegraded: true)
        try expectGolden("plan-degraded.txt", PlanText.lines(plan, width: 100, style: .plain))
    }

    @Test("a request that no pool can hold is refused with the size that would")
    func capacity() throws {
        let decision = GateDecision(
            verdict: .refuse, reason: .capacity,
            limits: [
                try Build.limit("cpus", "8", used: "2", asked: "64", left: "6", scope: "pool"),
                try Build.limit("memory", "17179869184", asked: "8589934593", left: "17179869184", scope: "pool"),
            ],
            conflict: ["capacity:cpus"],
            fixes: [
                .init(limit: "capacity:cpus", from: Amount(8), to: Amount(64)),
                .init(limit: "deadline", from: Amount(600), to: Amount(790)),
            ], method: "exact", explanation: ["cpus: train asks for 64, the pool has 8"])
        try expectGolden("limits-capacity.txt", DecisionText.limits(decision, width: 100, style: .plain))
    }

    @Test("a plan in which everything is cached has no bars and no cost")
    func allCached() throws {
        var stages = try Build.stages(chosen: false)
        for index in stages.indices { stages[index].cache = CacheState(state: .hit, reason: "from run 41") }
        let plan = try Build.plan(
            stages: stages, decision: GateDecision(verdict: .admit, method: "rule"))
        try expectGolden("plan-cached.txt", PlanText.lines(plan, width: 100, style: .plain))
    }

    @Test("at any width no line of a plan is wider than the terminal, except for diagnostics")
    func narrow() throws {
        let plan = try Build.plan(stages: Build.stages(chosen: true), decision: Build.admitted())
        for width in 40...120 {
            let table = PlanText.lines(plan, width: width, style: .plain)
            #expect(table.allSatisfy { DisplayWidth.of($0) <= max(width, 64) }, "width \(width)")
        }
    }
}
