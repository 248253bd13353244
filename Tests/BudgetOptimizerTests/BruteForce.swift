@testable import BudgetOptimizer

/// The dumbest possible oracle: every choice with every start tick, judged by the checker alone.
enum BruteForce {
    /// The lexicographically best goal values, or nil when nothing fits.
    static func best(_ problem: GateProblem) -> [Int64]? {
        var best: [Int64]?
        let horizon = horizon(problem)
        var choice = [Int](repeating: 0, count: problem.stages.count)
        var start = choice
        func visit(_ stage: Int) {
            if stage == problem.stages.count {
                guard PlanChecker.violations(problem, choice: choice, start: start).isEmpty else { return }
                let values = values(problem, choice, start)
                if best.map({ values.lexicographicallyPrecedes($0) }) ?? true { best = values }
                return
            }
            for profile in problem.stages[stage].profiles.indices {
                choice[stage] = profile
                for tick in 0...horizon where precedes(problem, stage, tick, choice, start) {
                    start[stage] = tick
                    visit(stage + 1)
                }
            }
        }
        visit(0)
        return best
    }

    /// Only a short cut: needs have smaller indices here, so most ticks are out at once.
    private static func precedes(
        _ problem: GateProblem, _ stage: Int, _ tick: Int, _ choice: [Int], _ start: [Int]
    ) -> Bool {
        problem.stages[stage].needs.allSatisfy { start[$0] + problem.stages[$0].profiles[choice[$0]].duration <= tick }
    }

    private static func horizon(_ problem: GateProblem) -> Int {
        let work = problem.stages.reduce(0) { $0 + ($1.profiles.map(\.duration).max() ?? 0) }
        let release = problem.stages.compactMap { $0.window?.earliestStart }.max() ?? 0
        return min(work + release, problem.deadline ?? Int.max)
    }

    private static func values(_ problem: GateProblem, _ choice: [Int], _ start: [Int]) -> [Int64] {
        let profiles = zip(problem.stages, choice).map { $0.profiles[$1] }
        return problem.objective.map { goal in
            switch goal {
            case .penalty: profiles.reduce(0) { $0 + $1.penalty }
            case .cost: profiles.reduce(0) { $0 + $1.cost }
            case .makespan: Int64(zip(profiles, start).map { $0.duration + $1 }.max() ?? 0)
            }
        }
    }
}
