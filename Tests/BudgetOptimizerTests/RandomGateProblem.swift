@testable import BudgetOptimizer

/// Small problems whose limits are drawn near what is needed, so that about half of them fit.
enum RandomGateProblem {
    static func make(seed: UInt64, stages range: ClosedRange<Int> = 1...3) -> GateProblem {
        var random = SeededGenerator(seed: seed)
        let budgets = Int.random(in: 0...2, using: &random)
        let capacities = Int.random(in: 0...2, using: &random)
        let count = Int.random(in: range, using: &random)
        let stages = (0..<count).map { stage(index: $0, budgets, capacities, &random) }
        var problem = GateProblem(stages: stages)
        problem.budgets = (0..<budgets).map { index in
            let least = stages.reduce(0) { $0 + ($1.profiles.map { $0.use[index] }.min() ?? 0) }
            return .init(name: "b\(index)", amount: max(0, least + Int64.random(in: -2...6, using: &random)))
        }
        problem.capacities = (0..<capacities).map { .init(name: "c\($0)", amount: .random(in: 2...5, using: &random)) }
        if Bool.random(using: &random) { problem.deadline = Int.random(in: 2...9, using: &random) }
        problem.objective = GateProblem.Goal.allCases.shuffled(using: &random)
        if Bool.random(using: &random) { problem.objective.removeLast() }
        return problem
    }

    private static func stage(
        index: Int, _ budgets: Int, _ capacities: Int, _ random: inout SeededGenerator
    ) -> GateProblem.Stage {
        let needs = (0..<index).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
        let profiles = (0..<Int.random(in: 1...3, using: &random)).map { number in
            GateProblem.Profile(
                name: "p\(number)", duration: .random(in: 0...3, using: &random),
                use: (0..<budgets).map { _ in .random(in: 0...5, using: &random) },
                demand: (0..<capacities).map { _ in .random(in: 0...4, using: &random) },
                penalty: .random(in: 0...3, using: &random), cost: .random(in: 0...5, using: &random))
        }
        var window: GateProblem.Window?
        if Int.random(in: 0..<5, using: &random) == 0 {
            let from = Int.random(in: 0...3, using: &random)
            window = .init(earliestStart: from, latestEnd: from + Int.random(in: 2...7, using: &random))
        }
        return .init(name: "s\(index)", needs: needs, window: window, profiles: profiles)
    }
}
