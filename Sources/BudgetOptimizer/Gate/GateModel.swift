/// A validated problem as the searches see it: stages in topological order, their dependants, and only those
/// profiles that can run at all under the current limits.
struct GateModel {
    let problem: GateProblem
    /// Stage indices, every stage after its needs.
    let order: [Int]
    let dependants: [[Int]]
    /// By stage, the indices of the profiles whose requests no capacity forbids.
    let profiles: [[Int]]
    let capacity: [Int64]

    init(_ problem: GateProblem, order: [Int]) {
        self.problem = problem
        self.order = order
        capacity = problem.capacities.map(\.amount)
        var dependants = [[Int]](repeating: [], count: problem.stages.count)
        for (index, stage) in problem.stages.enumerated() {
            for need in stage.needs { dependants[need].append(index) }
        }
        self.dependants = dependants
        profiles = problem.stages.map { stage in
            stage.profiles.indices.filter { problem.canHold(stage.profiles[$0]) }
        }
    }

    /// The same model with another deadline.
    init(_ other: GateModel, deadline: Int?) {
        var problem = other.problem
        problem.deadline = deadline
        self.problem = problem
        order = other.order
        dependants = other.dependants
        profiles = other.profiles
        capacity = other.capacity
    }

    var count: Int { order.count }

    /// Whether any start is limited from above, so that a choice may be impossible to schedule.
    var isTimed: Bool { problem.deadline != nil || problem.stages.contains { $0.window != nil } }

    func profile(_ stage: Int, _ choice: Int) -> GateProblem.Profile { problem.stages[stage].profiles[choice] }

    func amount(_ goal: SearchGoal, _ stage: Int, _ choice: Int) -> Int64 {
        let profile = problem.stages[stage].profiles[choice]
        return switch goal {
        case .penalty: profile.penalty
        case .cost: profile.cost
        case .use(let budget): profile.use[budget]
        case .excess(let allowances): Self.excess(profile, allowances)
        case .makespan: 0
        }
    }

    /// The use of the named budgets, each in shares of 2⁻²⁰ of its allowance.
    private static func excess(_ profile: GateProblem.Profile, _ allowances: [Int64?]) -> Int64 {
        var sum: Int128 = 0
        for (use, allowance) in zip(profile.use, allowances) {
            if let allowance { sum += Int128(use) << 20 / Int128(max(1, allowance)) }
        }
        return Int64(min(sum, 1 << 40))
    }

    func value(_ goal: SearchGoal, choice: [Int], start: [Int]) -> Int64 {
        if goal == .makespan { return Int64(makespan(choice: choice, start: start)) }
        return order.reduce(0) { $0 + amount(goal, $1, choice[$1]) }
    }

    func makespan(choice: [Int], start: [Int]) -> Int {
        order.reduce(0) { max($0, start[$1] + profile($1, choice[$1]).duration) }
    }

    /// The shortest duration that some executable profile of the stage allows.
    func shortest(_ stage: Int) -> Int {
        profiles[stage].map { profile(stage, $0).duration }.min() ?? 0
    }

    /// The latest tick at which each stage may end, given durations: from the deadline and all windows.
    func latestEnds(durations: [Int]) -> [Int] {
        var latest = problem.stages.map { min($0.window?.latestEnd ?? Int.max, problem.deadline ?? Int.max) }
        for stage in order.reversed() {
            for dependant in dependants[stage] where latest[dependant] != Int.max {
                latest[stage] = min(latest[stage], latest[dependant] - durations[dependant])
            }
        }
        return latest
    }

    /// The earliest tick at which each stage may start, given durations and no capacities.
    func earliestStarts(durations: [Int]) -> [Int] {
        var earliest = problem.stages.map { $0.window?.earliestStart ?? 0 }
        for stage in order {
            for dependant in dependants[stage] {
                earliest[dependant] = max(earliest[dependant], earliest[stage] + durations[stage])
            }
        }
        return earliest
    }

    /// The longest chain from each stage's start to the end of the plan.
    func tails(durations: [Int]) -> [Int] {
        var tails = durations
        for stage in order.reversed() {
            for dependant in dependants[stage] {
                tails[stage] = max(tails[stage], durations[stage] + tails[dependant])
            }
        }
        return tails
    }
}

/// What a search minimises: a goal of the problem, or the use of one budget when a fix is looked for.
enum SearchGoal: Equatable {
    case penalty, cost, makespan
    case use(Int)
    /// What is spent of the budgets with an allowance here, each weighted by one over that allowance.
    case excess(of: [Int64?])

    init(_ goal: GateProblem.Goal) {
        switch goal {
        case .penalty: self = .penalty
        case .cost: self = .cost
        case .makespan: self = .makespan
        }
    }
}

/// What a search found.
struct SearchOutcome {
    var choice: [Int] = []
    var start: [Int] = []
    /// The goals' values; empty without a plan or without goals.
    var values: [Int64] = []
    /// Lower bounds of the goals, as far as each is known while the goals before it hold their value.
    var bounds: [Int64] = []
    /// Whether the optimum is proved, or that there is no plan.
    var isProved = false
    var nodes = 0
    var method = ""
    var hasPlan = false
    /// Prices of the budgets at the root of the last selection, by budget and relative to its amount.
    var prices: [Double] = []
}
