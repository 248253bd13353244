/// The exact method for small problems, and the tests' oracle: a depth-first search over profiles in topological
/// order that leaves a branch only when its bound cannot beat the best plan.
struct GateEnumeration {
    private let model: GateModel
    private let goals: [SearchGoal]
    private let effort: GateEffort
    private var outcome = SearchOutcome()
    private var choice: [Int]
    private var durations: [Int]
    private var isCut = false
    private var passes = 0
    /// By budget and by goal, the smallest that the stages from a depth on can need.
    private let budgetRest: [[Int64]]
    private let goalRest: [[Int64]]

    static func solve(_ model: GateModel, goals: [SearchGoal], effort: GateEffort) -> SearchOutcome {
        var search = GateEnumeration(model, goals, effort)
        return search.run()
    }

    private init(_ model: GateModel, _ goals: [SearchGoal], _ effort: GateEffort) {
        self.model = model
        self.goals = goals
        self.effort = effort
        choice = [Int](repeating: 0, count: model.count)
        durations = model.problem.stages.indices.map { model.shortest($0) }
        budgetRest = model.problem.budgets.indices.map { Self.rest(model, .use($0)) }
        goalRest = goals.map { Self.rest(model, $0) }
    }

    private static func rest(_ model: GateModel, _ goal: SearchGoal) -> [Int64] {
        var rest = [Int64](repeating: 0, count: model.count + 1)
        for (depth, stage) in model.order.enumerated().reversed() {
            let least = model.profiles[stage].map { model.amount(goal, stage, $0) }.min() ?? 0
            rest[depth] = rest[depth + 1] + least
        }
        return rest
    }

    private mutating func run() -> SearchOutcome {
        outcome.method = "enumeration"
        let used = [Int64](repeating: 0, count: model.problem.budgets.count)
        let sums = [Int64](repeating: 0, count: goals.count)
        if model.profiles.allSatisfy({ !$0.isEmpty }) { descend(depth: 0, used: used, sums: sums) }
        outcome.isProved = !isCut
        outcome.bounds = outcome.isProved ? outcome.values : bound(depth: 0, sums: sums)
        return outcome
    }

    private mutating func descend(depth: Int, used: [Int64], sums: [Int64]) {
        guard outcome.nodes < effort.nodes, passes < effort.schedules else {
            isCut = true
            return
        }
        outcome.nodes += 1
        for (budget, limit) in model.problem.budgets.enumerated()
        where used[budget] + budgetRest[budget][depth] > limit.amount { return }
        if outcome.hasPlan, !bound(depth: depth, sums: sums).lexicographicallyPrecedes(outcome.values) { return }
        guard depth < model.count else { return schedule(sums: sums) }
        let stage = model.order[depth]
        for profile in model.profiles[stage] {
            choice[stage] = profile
            durations[stage] = model.profile(stage, profile).duration
            let spent = used.indices.map { used[$0] + model.profile(stage, profile).use[$0] }
            let next = sums.indices.map { sums[$0] + model.amount(goals[$0], stage, profile) }
            if isTimely() { descend(depth: depth + 1, used: spent, sums: next) }
        }
        durations[stage] = model.shortest(stage)
    }

    private func isTimely() -> Bool {
        guard model.isTimed else { return true }
        let earliest = model.earliestStarts(durations: durations)
        let latest = model.latestEnds(durations: durations)
        return model.order.allSatisfy { earliest[$0] <= latest[$0] - durations[$0] }
    }

    private func bound(depth: Int, sums: [Int64]) -> [Int64] {
        goals.indices.map { index in
            guard goals[index] == .makespan else { return sums[index] + goalRest[index][depth] }
            let earliest = model.earliestStarts(durations: durations)
            return Int64(model.order.reduce(0) { max($0, earliest[$1] + durations[$1]) })
        }
    }

    private mutating func schedule(sums: [Int64]) {
        let place = goals.firstIndex(of: .makespan)
        var search = ScheduleSearch(model, choice: choice, passes: effort.schedules - passes)
        let found = search.run(ceiling: ceiling(sums: sums, place: place), anyWillDo: place == nil)
        passes += search.passes
        if !search.isProved { isCut = true }
        guard let found else { return }
        var values = sums
        if let place { values[place] = Int64(model.makespan(choice: choice, start: found)) }
        if outcome.hasPlan, !values.lexicographicallyPrecedes(outcome.values) { return }
        outcome.hasPlan = true
        outcome.values = values
        outcome.choice = choice
        outcome.start = found
    }

    /// The longest makespan that would still beat the best plan.
    private func ceiling(sums: [Int64], place: Int?) -> Int {
        guard let place, outcome.hasPlan, sums[..<place] == outcome.values[..<place] else { return Int.max }
        let laterIsBetter = sums[(place + 1)...].lexicographicallyPrecedes(outcome.values[(place + 1)...])
        return Int(outcome.values[place]) - (laterIsBetter ? 0 : 1)
    }
}
