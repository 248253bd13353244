import BudgetOptimizer

/// Random projects of 120, 1,000 and 10,000 activities: the time to the first schedule and the gap to the bound.
enum LargeProjectBenchmark {
    static func run(seeds: Int) {
        for count in [120, 1_000, 10_000] {
            var firsts: [Double] = []
            var gaps: [Double] = []
            for seed in 1...seeds {
                let problem = project(count, seed: UInt64(seed))
                let (first, seconds) = CPUClock.measure {
                    try? ProjectSolver.solve(
                        problem, limits: .init(schedules: 1), seed: UInt64(seed), clock: CPUClock.seconds)
                }
                firsts.append(seconds * 1000)
                gaps.append(gap(first))
            }
            print(
                "\(count) activities: first schedule in \(firsts.median.fixed(3)) ms, "
                    + "\(gaps.median.fixed(2)) % above the bound")
        }
        for milliseconds in [10.0, 100.0] {
            let gaps = (1...seeds).map { seed in
                gap(
                    try? ProjectSolver.solve(
                        project(1_000, seed: UInt64(seed)), limits: .init(seconds: milliseconds / 1000),
                        seed: UInt64(seed), clock: CPUClock.seconds))
            }
            print("1000 activities in \(milliseconds.fixed(0)) ms: \(gaps.median.fixed(2)) % above the bound")
        }
    }

    private static func gap(_ answer: ProjectAnswer?) -> Double {
        guard let answer, let makespan = answer.makespan, answer.lowerBound > 0 else { return .nan }
        return Double(makespan - answer.lowerBound) / Double(answer.lowerBound) * 100
    }

    /// Up to three predecessors among the last thirty activities, requests like PSPLIB's, capacities that bind.
    static func project(_ count: Int, seed: UInt64) -> ProjectProblem {
        var random = Generator(seed: seed)
        var activities = (0..<count).map { _ in
            ProjectProblem.Activity(modes: [
                .init(
                    duration: .random(in: 1...10, using: &random),
                    renewable: (0..<4).map { _ in
                        Bool.random(using: &random) ? .random(in: 1...10, using: &random) : 0
                    })
            ])
        }
        for index in activities.indices.dropFirst() {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let before = Int.random(in: max(0, index - 60)..<index, using: &random)
                if !activities[before].successors.contains(index) { activities[before].successors.append(index) }
            }
        }
        return ProjectProblem(activities: activities, renewable: [20, 20, 20, 20])
    }
}
