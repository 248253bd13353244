import BudgetOptimizer

/// Random gates of the published sizes: profiles trade penalty against use, budgets lie between what the cheapest
/// and the dearest choice need.
enum GateBenchmark {
    static func run(seeds: Int) {
        report(stages: 50, profiles: 3, budgets: 4, count: 20 * seeds)
        report(stages: 500, profiles: 4, budgets: 5, count: 5 * seeds)
        report(stages: 50, profiles: 3, budgets: 4, count: 20 * seeds, share: 0.02, isInfeasible: true)
    }

    private static func report(
        stages: Int, profiles: Int, budgets: Int, count: Int, share: Double = 0.4, isInfeasible: Bool = false
    ) {
        var times: [Double] = []
        var gaps: [Double] = []
        var proved = 0
        for number in 0..<count {
            var random = Generator(seed: UInt64(number + 1))
            let tightness = isInfeasible ? -0.03 : share
            let problem = problem(stages, profiles, budgets, tightness: tightness, &random)
            let (answer, seconds) = CPUClock.measure { try? Gate.decide(problem) }
            guard let answer else { continue }
            times.append(seconds * 1000)
            proved += answer.isProved ? 1 : 0
            let value = Double(answer.objective?.penalty ?? 0)
            gaps.append(value > 0 && answer.boundGoal == .penalty ? Double(answer.gap) / value * 100 : 0)
        }
        let title = "gate \(stages) × \(profiles) × \(budgets)" + (isInfeasible ? " refused" : "")
        print(
            "\(title): median \(times.median.fixed(2)) ms, worst \((times.max() ?? 0).fixed(2)) ms, "
                + "proved \(proved)/\(count), mean gap \(gaps.mean.fixed(3)) %")
    }

    static func problem(
        _ stages: Int, _ profiles: Int, _ budgets: Int, tightness: Double, _ random: inout Generator
    ) -> GateProblem {
        let list = (0..<stages).map { stage in
            GateProblem.Stage(
                name: "s\(stage)", needs: stage > 0 && stage % 3 != 0 ? [stage - 1] : [],
                profiles: (0..<profiles).map { level in
                    let factor = Double(profiles - level) / Double(profiles)
                    return GateProblem.Profile(
                        name: "p\(level)", duration: Int.random(in: 10...100, using: &random),
                        use: (0..<budgets).map { _ in
                            Int64(Double(Int.random(in: 100...1000, using: &random)) * factor)
                        }, penalty: Int64(level * Int.random(in: 20...100, using: &random)))
                })
        }
        var problem = GateProblem(stages: list, objective: [.penalty])
        problem.budgets = (0..<budgets).map { budget in
            var least: Int64 = 0
            var most: Int64 = 0
            for stage in list {
                let uses = stage.profiles.map { $0.use[budget] }
                least += uses.min() ?? 0
                most += uses.max() ?? 0
            }
            return .init(name: "b\(budget)", amount: least + Int64(Double(most - least) * tightness))
        }
        return problem
    }
}

/// SplitMix64.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
