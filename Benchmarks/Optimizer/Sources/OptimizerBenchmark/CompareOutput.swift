import BudgetOptimizer
import Glibc

/// One line an instance, for `Benchmarks/compare`.
enum CompareOutput {
    /// `name makespan status` of every instance of a folder.
    static func schedules(folder: String, suffix: String, limits: ProjectLimits, seed: UInt64) {
        for entry in ScheduleBenchmark.load(folder: folder, suffix: suffix) {
            let answer = try? ProjectSolver.solve(entry.problem, limits: limits, seed: seed, clock: CPUClock.seconds)
            let makespan = answer?.makespan.map { "\($0)" } ?? "-"
            print("\(entry.name) \(makespan) \(answer?.status.rawValue ?? "error")")
        }
    }

    /// Writes the random gates of `GateBenchmark` as files of `sluice optimize gate`, and prints
    /// `file value proved milliseconds` of each.
    static func gates(into folder: String, stages: Int, profiles: Int, budgets: Int, count: Int) {
        for number in 1...max(1, count) {
            var random = Generator(seed: UInt64(number))
            let problem = GateBenchmark.problem(stages, profiles, budgets, tightness: 0.4, &random)
            let name = "gate\(number).json"
            guard let file = fopen("\(folder)/\(name)", "w") else { return print("cannot write \(name)") }
            fputs(text(problem), file)
            fclose(file)
            let (answer, seconds) = CPUClock.measure { try? Gate.decide(problem) }
            guard let answer, let objective = answer.objective else { continue }
            print("\(name) \(objective.penalty) \(answer.isProved) \((seconds * 1000).fixed(3))")
        }
    }

    private static func text(_ problem: GateProblem) -> String {
        let stages = problem.stages.map { stage in
            let profiles = stage.profiles.map { profile in
                let use = zip(problem.budgets, profile.use).map { "\"\($0.name)\": \($1)" }.joined(separator: ", ")
                return "{\"name\": \"\(profile.name)\", \"duration_s\": \(profile.duration), \"use\": {\(use)}, "
                    + "\"penalty\": \(profile.penalty)}"
            }
            let needs = stage.needs.map { "\"\(problem.stages[$0].name)\"" }.joined(separator: ", ")
            return
                "{\"name\": \"\(stage.name)\", \"needs\": [\(needs)], \"profiles\": [\(profiles.joined(separator: ", "))]}"
        }
        let budgets = problem.budgets.map { "\"\($0.name)\": \($0.amount)" }.joined(separator: ", ")
        return
            "{\"stages\": [\(stages.joined(separator: ",\n"))],\n \"budgets\": {\(budgets)}, \"objective\": [\"penalty\"]}\n"
    }
}
