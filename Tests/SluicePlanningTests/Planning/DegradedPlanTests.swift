import SluiceModel
import Testing

@testable import SluicePlanning

@Suite("Plans over degraded results")
struct DegradedPlanTests {
    @Test("a stage that will run in a worse way takes the result that this way has had already, and costs nothing")
    func cachedWay() throws {
        var fixture = Self.degrading(limit: "0.04")
        fixture.stages.removeLast()
        #expect(try fixture.run().ran == ["prepare", "train", "evaluate"])
        let again = try fixture.plan()
        #expect(
            again.dump == """
                degrade
                prepare: hit (same inputs as in run 1) holds -
                train: hit (same inputs as in run 1) holds -
                evaluate: hit (same inputs as in run 1) holds -
                train runs as less instead of large: subsample 0.2, penalty 2, marks the run degraded
                the best profiles need cost 0.05, 0.04 is left: 0.01 short
                """)
        #expect(again.isDegraded && again.decision.objective?.cost == .zero)
        #expect(try fixture.run(run: 2).ran.isEmpty)
        // With room for the best way that one runs: a result of a worse one is no reason to be content with it.
        fixture.budget.limits = []
        let best = try fixture.plan()
        #expect(best.decision.verdict == .admit && best.stage(named: "train")?.chosen == 0)
    }

    @Test("what comes behind a degraded result of the cache is looked up too, to the end of the chain")
    func behindCachedWay() throws {
        var fixture = Self.degrading(limit: "0.05")
        #expect(try fixture.run().ran == ["prepare", "train", "evaluate", "deploy"])
        #expect(
            try fixture.plan().dump == """
                degrade
                prepare: hit (same inputs as in run 1) holds -
                train: hit (same inputs as in run 1) holds -
                evaluate: hit (same inputs as in run 1) holds -
                deploy: hit (already deployed) holds -
                train runs as less instead of large: subsample 0.2, penalty 2, marks the run degraded
                the best profiles need cost 0.06, 0.05 is left: 0.01 short
                """)
        #expect(try fixture.run(run: 2).ran.isEmpty)
        fixture.stages[2].with = Located(.object(["bins": .integer(9)]), at: Fixture.place)
        let changed = try fixture.plan()
        #expect(changed.stage(named: "evaluate")?.cache.reason == "params.bins is new (9)")
        #expect(changed.stage(named: "evaluate")?.cache.key != nil)
        #expect(changed.stage(named: "deploy")?.cache.reason == "needs evaluate, which runs")
        #expect(changed.decision.objective?.cost == Amount(decimal: "0.02"))
    }

    @Test("what does not fit fits where everything behind a degraded result is there, and accounts may change it again")
    func onlyCachedFits() throws {
        var fixture = Self.degrading(limit: "0.05")
        try fixture.run()
        fixture.limit("0")
        let plan = try fixture.plan()
        #expect(plan.decision.verdict == .degrade && plan.decision.objective?.cost == .zero)
        #expect(plan.stages.allSatisfy { $0.cache.state == .hit })
        fixture.budget.onExceed = .refuse
        #expect(try fixture.plan().decision.verdict == .refuse)
        fixture.budget.onExceed = .degrade
        fixture.stages[3].allowDegraded = false
        #expect(try fixture.plan().decision.verdict == .refuse)

        // With room for the best way, nothing behind the worse one counts as there.
        fixture.stages[3].allowDegraded = true
        fixture.budget.limits = []
        let account = Account(name: "team", window: .month, limits: [.init(resource: .cost, amount: Amount(1))])
        fixture.accounts = [AccountRule(account: account)]
        var standing = AccountStanding.untouched(account, at: fixture.now)
        standing.lines[0].used = Amount(1)
        fixture.standings = [standing]
        var again = try fixture.plan()
        #expect(again.decision.verdict == .degrade && again.decision.objective?.cost == .zero)
        Planner.decideAgain(&again, accounts: [.untouched(account, at: fixture.now)])
        #expect(again.decision.verdict == .admit && again.stages.map(\.chosen) == [nil, 0, 0, 0])
        #expect(again.decision.objective?.cost == Amount(decimal: "0.06"))
    }

    @Test("a metric of a degraded result decides the conditions behind it")
    func conditionBehindCachedWay() throws {
        var fixture = Self.degrading(limit: "0.05")
        fixture.stages[2].condition = Located("stages.train.metrics.auc > 0.5", at: Fixture.place)
        try fixture.run(metrics: ["train": ["auc": 0.9]])
        #expect(try fixture.plan().stages.map(\.cache.state) == [.hit, .hit, .hit, .hit])
        fixture.stages[2].condition = Located("stages.train.metrics.auc > 0.95", at: Fixture.place)
        let plan = try fixture.plan()
        #expect(plan.stages.map(\.condition) == [.holds, .holds, .fails, .fails])
        #expect(plan.decision.objective?.cost == Amount(decimal: "0.01") && plan.stages.allSatisfy { $0.chosen == nil })
        #expect(try fixture.run(run: 2).ran.isEmpty)
    }

    /// Its training may be content with less, which costs 0.01 instead of 0.04; evaluating costs 0.01.
    private static func degrading(limit: String) -> Fixture {
        var fixture = Fixture.learning()
        let (large, small) = (fixture.stages[1].profiles[0], fixture.stages[1].profiles[1])
        fixture.stages[1].profiles = [
            large,
            StageProfile(
                name: "less", profile: small.profile, with: ["subsample": .number(0.2)], estimate: small.estimate,
                penalty: Amount(2), isDegraded: true),
        ]
        fixture.stages[3].allowDegraded = true
        fixture.stages[3].condition = nil
        fixture.limit(limit)
        return fixture
    }
}
