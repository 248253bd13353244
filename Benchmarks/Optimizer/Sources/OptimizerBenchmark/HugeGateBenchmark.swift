import BudgetOptimizer

/// Gates of hostile size: they must be answered, whatever the answer is.
enum HugeGateBenchmark {
    static func run() {
        for (cpus, deadline) in [(60, 12_000), (200, 30_000), (1_000, 200_000), (60, 1_000), (0, 1_000)] {
            let problem = problem(stages: 20_000, cpus: Int64(cpus), deadline: deadline)
            let (answer, seconds) = CPUClock.measure { try? Gate.decide(problem) }
            guard let answer else { continue }
            print(
                "gate of 20,000 stages, \(cpus) cpus, deadline \(deadline): \(answer.verdict), proved \(answer.isProved), "
                    + "\(seconds.fixed(2)) s")
        }
    }

    private static func problem(stages count: Int, cpus: Int64, deadline: Int) -> GateProblem {
        var random = Generator(seed: 7)
        let stages = (0..<count).map { index in
            GateProblem.Stage(
                name: "s\(index)", needs: index >= 40 ? [index - 40] : [],
                profiles: (0..<3).map { level in
                    .init(
                        name: "p\(level)", duration: .random(in: 1...20, using: &random),
                        use: [.random(in: 1...9, using: &random), .random(in: 1...9, using: &random)], demand: [1],
                        penalty: Int64(level))
                })
        }
        return GateProblem(
            stages: stages, budgets: [.init(name: "x", amount: 90_000), .init(name: "y", amount: 90_000)],
            capacities: [.init(name: "cpu", amount: cpus)], deadline: deadline)
    }
}
