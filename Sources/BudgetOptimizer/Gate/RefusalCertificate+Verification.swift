extension RefusalCertificate {
    /// Whether the certificate proves that no plan fits. Of `exhaustion` that is known only where the choices are few and
    /// each one breaks a limit by itself; what only a search of schedules excludes is not confirmed.
    package func holds(for problem: GateProblem) -> Bool {
        switch self {
        case .request(let stage): problem.stages.indices.contains(stage) && Self.never(problem, stage)
        case .weights(let weights): Self.exceeds(problem, weights)
        case .path(let stages): Self.isLate(problem, stages)
        case .interval(let capacity, let ticks): Self.overflows(problem, capacity, ticks)
        case .exhaustion: ChoiceRecount.refutesAll(problem)
        }
    }

    private static func never(_ problem: GateProblem, _ stage: Int) -> Bool {
        problem.stages[stage].profiles.allSatisfy { profile in
            zip(profile.demand, problem.capacities).contains { $0 > $1.amount }
        }
    }

    private static func exceeds(_ problem: GateProblem, _ weights: [Int64]) -> Bool {
        guard weights.count == problem.budgets.count, weights.allSatisfy({ $0 >= 0 && $0 <= 1 << 40 }) else {
            return false
        }
        var left: Int128 = 0
        for (weight, budget) in zip(weights, problem.budgets) { left += Int128(weight) * Int128(budget.amount) }
        for stage in problem.stages {
            let smallest = stage.profiles.lazy.filter { problem.canHold($0) }.map { profile in
                zip(weights, profile.use).reduce(Int128(0)) { $0 + Int128($1.0) * Int128($1.1) }
            }.min()
            guard let smallest else { return true }
            left -= smallest
        }
        return left < 0
    }

    private static func isLate(_ problem: GateProblem, _ path: [Int]) -> Bool {
        var end: Int128 = 0
        var previous: Int?
        for index in path {
            guard problem.stages.indices.contains(index) else { return false }
            let stage = problem.stages[index]
            if let previous, !stage.needs.contains(previous) { return false }
            let shortest = stage.profiles.lazy.filter { problem.canHold($0) }.map(\.duration).min()
            guard let shortest else { return true }
            end = max(end, Int128(stage.window?.earliestStart ?? 0)) + Int128(shortest)
            if let window = stage.window, end > Int128(window.latestEnd) { return true }
            previous = index
        }
        guard let deadline = problem.deadline else { return false }
        return end > Int128(deadline)
    }

    private static func overflows(_ problem: GateProblem, _ capacity: Int, _ ticks: Range<Int>) -> Bool {
        guard problem.capacities.indices.contains(capacity), let order = try? problem.validatedOrder() else {
            return false
        }
        return RequiredHold(GateModel(problem, order: order)).isTooMuch(of: capacity, in: ticks)
    }
}

extension GateProblem {
    /// Whether no request of the profile is above its capacity.
    func canHold(_ profile: Profile) -> Bool {
        for (index, capacity) in capacities.enumerated() where profile.demand[index] > capacity.amount { return false }
        return true
    }
}
