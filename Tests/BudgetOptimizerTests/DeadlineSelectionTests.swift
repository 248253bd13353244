import Glibc
import Testing

@testable import BudgetOptimizer

/// Budgets, penalties and a deadline over the DAG, without capacities: what a choice's schedule looks like is then
/// plain, so that an oracle is a few lines.
@Suite("selections under a deadline over the DAG")
struct DeadlineSelectionTests {
    @Test(
        "goals in every order, stages fixed and free: the branch and bound finds what trying all choices finds",
        arguments: 0..<8)
    func equalsBruteForce(block: Int) throws {
        var proved = 0
        for number in 0..<250 {
            let seed = UInt64(800_000 + block * 1_000 + number)
            let problem = problem(seed: seed, stages: 2...7)
            let model = GateModel(problem, order: try problem.validatedOrder())
            let found = GateSearch.branchAndBound(
                model, goals: problem.objective.map(SearchGoal.init), effort: .init(nodes: 20_000, schedules: 4_000))
            let best = bruteForce(problem)
            if found.isProved {
                proved += 1
                #expect(found.hasPlan == (best != nil), "seed \(seed)")
                if let best { #expect(found.values == best, "seed \(seed)") }
            }
            guard found.hasPlan else { continue }
            let broken = PlanChecker.violations(problem, choice: found.choice, start: found.start)
            #expect(broken.isEmpty, "seed \(seed)")
            #expect(best.map { !found.values.lexicographicallyPrecedes($0) } ?? false, "seed \(seed)")
        }
        #expect(proved >= 240, "block \(block): \(proved) of 250 proved")
    }

    @Test("proved penalties of thirty stages under budgets and a deadline are HiGHS's", arguments: 0..<8)
    func equalsHighs(number: Int) throws {
        let library = try #require(
            getenv("SLUICE_HIGHS").map { String(cString: $0) }, "set SLUICE_HIGHS to the path of libhighs")
        let seed = UInt64(810_000 + number)
        var problem = problem(seed: seed, stages: 30...30)
        problem.objective = [.penalty]
        let model = GateModel(problem, order: try problem.validatedOrder())
        let found = GateSearch.branchAndBound(model, goals: [.penalty], effort: .init(nodes: 60_000, schedules: 4_000))
        let answer = try LinearSolver.solve(program(problem), library: library)
        guard found.isProved else {
            if let objective = answer.objective, found.hasPlan {
                #expect(found.bounds[0] <= Int64(objective.rounded()), "seed \(seed)")
            }
            return
        }
        #expect((answer.status == .infeasible) == !found.hasPlan, "seed \(seed)")
        if let objective = answer.objective {
            #expect(Int64(objective.rounded()) == found.values.first, "seed \(seed)")
        }
    }

    // MARK: Problems

    private func problem(seed: UInt64, stages range: ClosedRange<Int>) -> GateProblem {
        var random = SeededGenerator(seed: seed)
        let budgets = Int.random(in: 0...3, using: &random)
        let stages = (0..<Int.random(in: range, using: &random)).map { index in
            let kind = Int.random(in: 0..<6, using: &random)
            let count = kind == 0 ? 1 : Int.random(in: 2...3, using: &random)
            return GateProblem.Stage(
                name: "s\(index)",
                needs: (max(0, index - 4)..<index).filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
                profiles: (0..<count).map { level in
                    // Of a free stage nothing is left to do or to pay.
                    if kind == 1 {
                        return .init(name: "p\(level)", duration: 0, use: .init(repeating: 0, count: budgets))
                    }
                    return .init(
                        name: "p\(level)", duration: .random(in: 0...9, using: &random),
                        use: (0..<budgets).map { _ in .random(in: 0...20, using: &random) },
                        penalty: Int64(level) * .random(in: 0...5, using: &random),
                        cost: .random(in: 0...20, using: &random))
                })
        }
        var problem = GateProblem(stages: stages, objective: GateProblem.Goal.allCases.shuffled(using: &random))
        problem.budgets = (0..<budgets).map { budget in
            let uses = stages.map { $0.profiles.map { $0.use[budget] } }
            let least = uses.reduce(0) { $0 + ($1.min() ?? 0) }
            let most = uses.reduce(0) { $0 + ($1.max() ?? 0) }
            return .init(
                name: "b\(budget)", amount: max(0, least + (most - least) * .random(in: -10...80, using: &random) / 100)
            )
        }
        let shortest = makespan(problem, stages.map { $0.profiles.map(\.duration).min() ?? 0 })
        problem.deadline = shortest + Int.random(in: -1...8, using: &random)
        if problem.deadline.map({ $0 < 0 }) ?? false { problem.deadline = nil }
        return problem
    }

    // MARK: Oracles

    /// Needs have smaller indices.
    private func makespan(_ problem: GateProblem, _ durations: [Int]) -> Int {
        var ends: [Int] = []
        for (stage, duration) in zip(problem.stages, durations) {
            ends.append((stage.needs.map { ends[$0] }.max() ?? 0) + duration)
        }
        return ends.max() ?? 0
    }

    private func bruteForce(_ problem: GateProblem) -> [Int64]? {
        var best: [Int64]?
        var chosen: [GateProblem.Profile] = []
        func visit() {
            guard chosen.count == problem.stages.count else {
                for profile in problem.stages[chosen.count].profiles {
                    chosen.append(profile)
                    visit()
                    chosen.removeLast()
                }
                return
            }
            for (index, budget) in problem.budgets.enumerated()
            where chosen.reduce(0, { $0 + $1.use[index] }) > budget.amount { return }
            let span = makespan(problem, chosen.map(\.duration))
            guard span <= problem.deadline ?? Int.max else { return }
            let values = problem.objective.map { goal in
                switch goal {
                case .penalty: chosen.reduce(0) { $0 + $1.penalty }
                case .cost: chosen.reduce(0) { $0 + $1.cost }
                case .makespan: Int64(span)
                }
            }
            if best.map({ values.lexicographicallyPrecedes($0) }) ?? true { best = values }
        }
        visit()
        return best
    }

    /// Profiles as binaries, starts as continuous columns, one row for each need.
    private func program(_ problem: GateProblem) -> LinearProblem {
        var columns: [LinearProblem.Column] = []
        var rows: [LinearProblem.Row] = []
        var profiles: [[LinearProblem.Entry]] = []
        for stage in problem.stages {
            let first = columns.count
            for profile in stage.profiles {
                columns.append(
                    .init(name: "x\(columns.count)", cost: Double(profile.penalty), upper: 1, isInteger: true))
            }
            let all = (first..<columns.count).map { LinearProblem.Entry(column: $0, value: 1) }
            rows.append(.init(name: "one\(stage.name)", lower: 1, upper: 1, entries: all))
            profiles.append(zip(all, stage.profiles).map { .init(column: $0.column, value: Double($1.duration)) })
        }
        let starts = columns.count
        for stage in problem.stages { columns.append(.init(name: "start\(stage.name)", cost: 0)) }
        for (index, budget) in problem.budgets.enumerated() {
            let entries = zip(problem.stages, profiles).flatMap { stage, entries in
                zip(stage.profiles, entries).map {
                    LinearProblem.Entry(column: $1.column, value: Double($0.use[index]))
                }
            }
            rows.append(.init(name: budget.name, upper: Double(budget.amount), entries: entries))
        }
        for (index, stage) in problem.stages.enumerated() {
            let end = profiles[index] + [.init(column: starts + index, value: 1)]
            if let deadline = problem.deadline {
                rows.append(.init(name: "end\(index)", upper: Double(deadline), entries: end))
            }
            for need in stage.needs {
                let after =
                    profiles[need] + [
                        .init(column: starts + need, value: 1), .init(column: starts + index, value: -1),
                    ]
                rows.append(.init(name: "n\(need)_\(index)", upper: 0, entries: after))
            }
        }
        return LinearProblem(columns: columns, rows: rows)
    }
}
