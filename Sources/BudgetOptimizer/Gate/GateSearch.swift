/// Chooses the method by the size of the problem. Every method returns its best plan, a bound, and what is proved.
enum GateSearch {
    /// Above this number of stages the exact enumeration is not tried.
    static let enumerated = 64

    static func solve(_ model: GateModel, goals: [SearchGoal], effort: GateEffort) -> SearchOutcome {
        guard model.profiles.allSatisfy({ !$0.isEmpty }) else { return impossible() }
        if model.count <= enumerated {
            let outcome = GateEnumeration.solve(model, goals: goals, effort: effort)
            if outcome.hasPlan || outcome.isProved { return outcome }
        }
        return greedy(model, goals: goals, effort: effort)
    }

    private static func impossible() -> SearchOutcome {
        var outcome = SearchOutcome()
        outcome.isProved = true
        outcome.method = "requests"
        return outcome
    }

    private static func greedy(_ model: GateModel, goals: [SearchGoal], effort: GateEffort) -> SearchOutcome {
        var outcome = SearchOutcome()
        outcome.method = "greedy"
        outcome.bounds = goals.map { goal in
            model.order.reduce(0) { sum, stage in
                sum + (model.profiles[stage].map { model.amount(goal, stage, $0) }.min() ?? 0)
            }
        }
        if let budget = model.problem.budgets.indices.first(where: { leastUse(model, $0) > limit(model, $0) }) {
            outcome.isProved = true
            outcome.method = "least use of \(model.problem.budgets[budget].name)"
            return outcome
        }
        guard let choice = GreedySelection.choose(model, goals: goals, steps: effort.nodes / max(1, model.count) + 64)
        else { return outcome }
        var search = ScheduleSearch(model, choice: choice, passes: min(3, effort.schedules))
        guard let start = search.run(ceiling: Int.max, anyWillDo: true) else { return outcome }
        outcome.hasPlan = true
        outcome.choice = choice
        outcome.start = start
        outcome.values = goals.map { model.value($0, choice: choice, start: start) }
        return outcome
    }

    private static func limit(_ model: GateModel, _ budget: Int) -> Int64 { model.problem.budgets[budget].amount }

    /// The smallest use of one budget that any choice can have.
    static func leastUse(_ model: GateModel, _ budget: Int) -> Int64 {
        model.order.reduce(0) { sum, stage in
            sum + (model.profiles[stage].map { model.amount(.use(budget), stage, $0) }.min() ?? 0)
        }
    }
}
