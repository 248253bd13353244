@testable import BudgetOptimizer

/// Small projects with tight capacities, some modes and some releases.
enum RandomProject {
    static func make(seed: UInt64, activities range: ClosedRange<Int> = 2...6) -> ProjectProblem {
        var random = SeededGenerator(seed: seed)
        let renewable = Int.random(in: 0...5, using: &random)
        let totals = Int.random(in: 0...2, using: &random)
        let most = Int.random(in: 1...3, using: &random)
        let count = Int.random(in: range, using: &random)
        var activities = (0..<count).map { _ in
            ProjectProblem.Activity(
                modes: (0..<Int.random(in: 1...most, using: &random)).map { _ in
                    .init(
                        duration: .random(in: 0...5, using: &random),
                        renewable: (0..<renewable).map { _ in .random(in: 0...4, using: &random) },
                        nonrenewable: (0..<totals).map { _ in .random(in: 0...4, using: &random) })
                }, release: Int.random(in: 0..<5, using: &random) == 0 ? .random(in: 1...6, using: &random) : 0)
        }
        for index in activities.indices {
            activities[index].successors = (index + 1..<max(index + 1, count)).filter { _ in
                Int.random(in: 0..<4, using: &random) == 0
            }
        }
        return ProjectProblem(
            activities: activities, renewable: (0..<renewable).map { _ in .random(in: 4...6, using: &random) },
            nonrenewable: (0..<totals).map { _ in count * 3 })
    }
}
