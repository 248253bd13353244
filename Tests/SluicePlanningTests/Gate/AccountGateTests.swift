import SluiceModel
import SluiceTesting
import Testing

@testable import SluicePlanning

/// The whole pipeline costs 0.07, and 0.04 in its cheapest way.
@Suite("The gate over accounts that others draw on too")
struct AccountGateTests {
    private static let now = Timestamp(milliseconds: 1_000_000)
    private static let later = Timestamp(milliseconds: 4_600_000)

    private static func money(_ text: String) -> Amount { Amount(decimal: text) ?? .zero }

    private func fixture(
        limit: String = "1", used: String = "0", held: String = "0", ahead: [String] = [],
        rolling: Bool = true, _ onExceed: BudgetPolicy.OnExceed = .degrade
    ) -> Fixture {
        var fixture = Fixture.learning()
        let account = Account(
            name: "team", window: rolling ? .rolling(milliseconds: 3_600_000) : .month,
            limits: [BudgetLimit(resource: .cost, amount: Self.money(limit))])
        fixture.accounts = [AccountRule(account: account)]
        fixture.budget = BudgetPolicy(onExceed: onExceed)
        let line = AccountStanding.Line(
            limit: account.limits[0], used: Self.money(used),
            holders: held == "0"
                ? [] : [.init(run: RunID(3), pipeline: "other", amount: Self.money(held), ends: Self.later)],
            ahead: ahead.enumerated().map { .init(run: RunID(Int64(10 + $0)), amount: Self.money($1)) },
            rollOuts: used == "0" ? [] : [.init(time: Self.later, amount: Self.money(used))])
        fixture.standings = [AccountStanding(account: account, version: 7, time: Self.now, lines: [line])]
        return fixture
    }

    @Test("what others have used and hold counts, and the decision shows it")
    func admitted() throws {
        let decision = try fixture(used: "0.5", held: "0.4").plan().decision
        #expect(decision.verdict == .admit)
        #expect(
            decision.limits == [
                .init(
                    scope: "team", resource: "cost", limit: Amount(1), used: Self.money("0.5"),
                    reserved: Self.money("0.4"), asked: Self.money("0.07"), left: Self.money("0.1"))
            ])
    }

    @Test(
        "a condition may ask what share of an account is left, as it stood when the run was planned",
        arguments: [("0.5", Plan.Condition.holds), ("0.75", .fails)])
    func condition(used: String, expected: Plan.Condition) throws {
        var fixture = fixture(used: used)
        fixture.stages[3].condition = Located("budget.left('team') > 0.3", at: Fixture.place)
        var plan = try fixture.plan()
        #expect(plan.stage(named: "deploy")?.condition == expected)
        // Others go on using it; the run stays what it was planned to be.
        Planner.decideAgain(&plan, accounts: [.untouched(plan.accounts[0].account, at: Self.later)])
        #expect(plan.stage(named: "deploy")?.condition == expected)
        #expect(Conditions.evaluate(plan.stages[3], in: plan, results: [:]) == (expected == .holds))
    }

    @Test("an account that only a worse way fits degrades")
    func degraded() throws {
        let plan = try fixture(used: "0.5", held: "0.45").plan()
        #expect(plan.decision.verdict == .degrade)
        #expect(
            plan.decision.explanation == [
                "train runs as small instead of large: penalty 2",
                "the best profiles need team.cost 0.07, 0.05 is left: 0.02 short",
            ])
    }

    @Test("what only others have taken is waited for: who holds it, and when there may be room")
    func waits() throws {
        let plan = try fixture(used: "0.5", held: "0.47").plan()
        #expect(plan.decision.verdict == .wait)
        #expect(plan.decision.reason == nil)
        #expect(plan.stages.allSatisfy { $0.chosen == nil })
        #expect(
            plan.decision.holders == [
                .init(
                    run: RunID(3), pipeline: "other", scope: "team", resource: "cost", amount: Self.money("0.47"),
                    until: Self.later)
            ])
        #expect(plan.decision.until == Self.later)
        #expect(
            plan.decision.explanation == [
                "waits for team.cost: 0.07 asked, 0.03 left of 1 (0.5 used, 0.47 held)",
                "run 3 (other) holds 0.47 until about 1970-01-01 01:16 UTC",
                "there may be room at 1970-01-01 01:16 UTC, as the window rolls over",
            ])
    }

    @Test("a pipeline that wants to wait rather than degrade waits for its first profiles")
    func waitsInsteadOfDegrading() throws {
        let decision = try fixture(used: "0.95", .wait).plan().decision
        #expect(decision.verdict == .wait)
        #expect(decision.limits.map(\.asked) == [Self.money("0.07")])
        #expect(try fixture(used: "0.95", .refuse).plan().decision.reason == .budget)
    }

    @Test("what never fits is refused at once, whoever holds something")
    func neverFits() throws {
        let decision = try fixture(limit: "0.03", used: "0.01", held: "0.01").plan().decision
        #expect(decision.verdict == .refuse)
        #expect(decision.reason == .budget)
        #expect(decision.conflict == ["team.cost"])
        #expect(
            decision.explanation.first
                == "team.cost: at least 0.04 needed, 0.01 left: 0.03 short; prepare 0.01, train 0.01, evaluate 0.01")
        #expect(decision.fixes == [.init(limit: "team.cost", from: Self.money("0.03"), to: Self.money("0.06"))])
        var tight = fixture(used: "0.99")
        tight.budget.limits = [BudgetLimit(resource: .cost, amount: Self.money("0.03"))]
        #expect(try tight.plan().decision.verdict == .refuse)
    }

    @Test("a run waits behind those that came before, though there would be room for it")
    func queue() throws {
        let decision = try fixture(used: "0.1", held: "0.8", ahead: ["0.2"], .wait).plan().decision
        #expect(decision.verdict == .wait)
        #expect(decision.explanation.contains { $0.hasSuffix("run 10 came before and waits too") })
        #expect(try fixture(used: "0.1", held: "0.6", ahead: ["0.2"]).plan().decision.verdict == .admit)
    }

    @Test("an account per run tightens the run's own budget")
    func perRun() throws {
        var fixture = Fixture.learning()
        fixture.accounts = [
            AccountRule(
                account: Account(
                    name: "each", window: .run, limits: [BudgetLimit(resource: .cost, amount: Self.money("0.03"))]))
        ]
        #expect(try fixture.plan().decision.conflict == ["each.cost"])
        fixture.accounts[0].account.limits[0].amount = Self.money("0.05")
        #expect(try fixture.plan().decision.verdict == .degrade)
    }

    @Test("a pipeline is charged on what matches it and on what it names, each once")
    func charged() throws {
        func rule(_ name: String, _ branch: String?) -> AccountRule {
            AccountRule(account: Account(name: name, window: .month, limits: []), branches: branch.map { [Glob($0)] })
        }
        var fixture = Fixture.learning()
        fixture.accounts = [rule("all", nil), rule("exp", "exp/**"), rule("main", "main"), rule("other", "x")]
        fixture.budget.accounts = ["exp", "all"].map { Located($0, at: Fixture.place) }
        #expect(try fixture.plan().accounts.map(\.account.name) == ["all", "exp", "main"])
    }

    @Test("the wall of an account is the sum over its attempts")
    func wall() throws {
        var fixture = Fixture.learning()
        let limit = BudgetLimit(resource: .wall, amount: Amount(143))
        fixture.accounts = [AccountRule(account: Account(name: "hours", window: .month, limits: [limit]))]
        let decision = try fixture.plan().decision
        #expect(decision.reason == .budget)
        #expect(
            decision.explanation.first?.hasPrefix("hours.wall: at least 2m24s needed, 2m23s left: 1s short") == true)
    }

    @Test("an overdrawn account stops what asks for more of it, and nothing else")
    func overdrawn() throws {
        var fixture = fixture(limit: "1", used: "1.3")
        #expect(try fixture.plan().decision.verdict == .wait)
        #expect(try fixture.plan().decision.limits.map(\.left) == [Self.money("-0.3")])
        for stage in fixture.stages.indices {
            fixture.stages[stage].profiles = [Fixture.profile(price: "0")]
        }
        let free = try fixture.plan()
        #expect(free.decision.verdict == .admit)
        let progress = RunProgress(ended: [0], running: [:], used: [:], elapsed: .zero)
        #expect(RunGate.admission(of: 1, in: free, progress: progress).profile == 0)
    }

    @Test("a plan that is decided again is as if it had been decided so at first")
    func again() throws {
        var plan = try fixture(used: "0.5", held: "0.47").plan()
        let free = try fixture(used: "0.5", held: "0.45").plan()
        Planner.decideAgain(&plan, accounts: free.accounts)
        // What its conditions were told of accounts stays.
        plan.budgetLeft = free.budgetLeft
        #expect(plan == free)
    }

    @Test("a run that lets others pass is delayed by none of them, whatever is given back", arguments: 0..<3)
    func fairness(round: Int) {
        let seed = UInt64(round) &* 0x517C_C1B7 &+ UInt64.random(in: 0...1_000_000)
        print("fairness seed \(seed)")
        var random = SplitMix(seed: seed)
        var passed = 0
        for _ in 0..<3000 {
            let line = Self.line(&random)
            let pass = line.left - line.heldBack
            guard line.left > .zero, pass > .zero else { continue }
            passed += 1
            let back = line.holders.map { Int64.random(in: 0...($0.amount.wholeValue ?? 0), using: &random) }
            let without = Self.starts(line, back, taken: .zero)
            #expect(Self.starts(line, back, taken: pass) == without, "seed \(seed): \(line)")
        }
        #expect(passed > 50, "seed \(seed): some may pass")
    }

    private static func line(_ random: inout SplitMix) -> AccountStanding.Line {
        func some(_ most: Int64) -> Int64 { Int64.random(in: 0...most, using: &random) }
        let rollOuts = (0..<some(3)).map { _ in
            AccountStanding.RollOut(time: Timestamp(milliseconds: 1 + some(20)), amount: Amount(some(6)))
        }.sorted { $0.time < $1.time }
        return AccountStanding.Line(
            limit: BudgetLimit(resource: .cost, amount: Amount(10)),
            used: rollOuts.reduce(.zero) { $0 + $1.amount },
            holders: (0..<some(2)).map {
                .init(
                    run: RunID($0), pipeline: "p", amount: Amount(some(4)), ends: Timestamp(milliseconds: 1 + some(20)))
            }, ahead: (0..<1 + some(1)).map { .init(run: RunID(50 + $0), amount: Amount(1 + some(8))) },
            rollOuts: rollOuts)
    }

    /// When each of those who wait can start, one after the other, while `taken` is gone for good.
    private static func starts(_ line: AccountStanding.Line, _ back: [Int64], taken: Amount) -> [Int64?] {
        var asked = Amount.zero
        return line.ahead.map { waiter in
            asked += waiter.amount
            return (0...22).first { time in
                let now = Timestamp(milliseconds: time)
                var left = line.left - taken + line.rolledOut(until: now)
                for (holder, amount) in zip(line.holders, back) where holder.ends <= now { left += Amount(amount) }
                return left >= asked
            }
        }
    }
}
