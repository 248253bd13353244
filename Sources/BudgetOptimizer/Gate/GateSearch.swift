/// Runs the goals one after the other, each under what the earlier ones settled.
enum GateSearch {
    /// Up to this many choices are simply enumerated.
    private static let fewChoices = 512
    /// Above this number of stages enumeration is not tried when the branch and bound leaves something open.
    private static let enumeratedStages = 24

    static func solve(_ model: GateModel, goals: [SearchGoal], effort: GateEffort) -> SearchOutcome {
        guard model.profiles.allSatisfy({ !$0.isEmpty }) else { return impossible() }
        if model.count <= enumeratedStages, choices(model) <= fewChoices {
            let outcome = GateEnumeration.solve(model, goals: goals, effort: effort)
            if outcome.isProved { return outcome }
        }
        let outcome = branchAndBound(model, goals: goals, effort: effort)
        guard !outcome.isProved, model.count <= enumeratedStages else { return outcome }
        let enumerated = GateEnumeration.solve(model, goals: goals, effort: effort)
        let isBetter =
            enumerated.hasPlan && (!outcome.hasPlan || enumerated.values.lexicographicallyPrecedes(outcome.values))
        return enumerated.isProved || isBetter ? enumerated : outcome
    }

    private static func choices(_ model: GateModel) -> Int {
        model.profiles.reduce(1) { min($0 * $1.count, fewChoices + 1) }
    }

    private static func impossible() -> SearchOutcome {
        var outcome = SearchOutcome()
        outcome.isProved = true
        outcome.method = "requests"
        return outcome
    }

    /// The Lagrangian branch and bound, goal by goal.
    static func branchAndBound(_ model: GateModel, goals: [SearchGoal], effort: GateEffort) -> SearchOutcome {
        var outcome = SearchOutcome()
        outcome.method = "lagrangian branch and bound"
        outcome.isProved = true
        var selection = GateSelection(model, effort: effort)
        var best: GateSelection.Found?
        for goal in goals.isEmpty ? [nil] : goals.map(Optional.some) {
            var level = Self.level(&selection, goal, from: best)
            if level.found == nil, best == nil { level.found = paced(&selection, goal, level) }
            outcome.nodes = selection.nodes
            outcome.prices = Array(selection.multipliers.prefix(model.problem.budgets.count))
            guard let found = level.found ?? best else {
                outcome.isProved = level.isProved
                return outcome
            }
            best = found
            outcome.isProved = outcome.isProved && level.isProved
            guard let goal else { break }
            let value = model.value(goal, choice: found.choice, start: found.start)
            outcome.bounds.append(outcome.isProved ? value : min(value, level.bound))
            selection.settle(goal, at: value)
        }
        guard let best else { return outcome }
        outcome.hasPlan = true
        outcome.choice = best.choice
        outcome.start = best.start
        outcome.values = goals.map { model.value($0, choice: best.choice, start: best.start) }
        return outcome
    }

    private static func level(
        _ selection: inout GateSelection, _ goal: SearchGoal?, from best: GateSelection.Found?
    ) -> GateSelection.Level {
        guard goal == .makespan else { return selection.minimise(goal, from: best) }
        var incumbent = best
        if let best { incumbent?.value = Int64(selection.model.makespan(choice: best.choice, start: best.start)) }
        return selection.minimiseMakespan(from: incumbent)
    }

    /// No plan was found and none is excluded: asks for choices with less work and shorter chains than allowed, which
    /// schedules keep more easily.
    private static func paced(
        _ selection: inout GateSelection, _ goal: SearchGoal?, _ level: GateSelection.Level
    ) -> GateSelection.Found? {
        guard !level.isProved else { return nil }
        for pace in [0.9, 0.75, 0.6] {
            selection.work = max(selection.work, 1 << 20)
            let sum = goal == .makespan ? nil : goal
            if let found = selection.minimise(sum, from: nil, pace: pace).found { return found }
        }
        return nil
    }

    /// The smallest use of one budget that any choice can have.
    static func leastUse(_ model: GateModel, _ budget: Int) -> Int64 {
        model.order.reduce(0) { sum, stage in
            sum + (model.profiles[stage].map { model.amount(.use(budget), stage, $0) }.min() ?? 0)
        }
    }
}
