import Glibc
import Testing

@testable import BudgetOptimizer

@Suite("selections against HiGHS")
struct SelectionAgainstHighsTests {
    @Test("proved selections of thirty stages have the optimum that HiGHS finds")
    func equalsHighs() throws {
        let library = try #require(
            getenv("SLUICE_HIGHS").map { String(cString: $0) }, "set SLUICE_HIGHS to the path of libhighs")
        for seed in UInt64(600_000)..<600_012 {
            let problem = random(seed: seed)
            let own = SelectionSearch.solve(problem, work: 400_000_000)
            #expect(own.isProved, "seed \(seed)")
            let answer = try LinearSolver.solve(program(problem), library: library)
            #expect((answer.status == .infeasible) == own.items.isEmpty, "seed \(seed)")
            guard let objective = answer.objective else { continue }
            #expect(Int64(objective.rounded()) == own.value, "seed \(seed)")
        }
    }

    private func random(seed: UInt64) -> SelectionProblem {
        var random = SeededGenerator(seed: seed)
        var problem = SelectionProblem(limits: [])
        for _ in 0..<30 {
            for level in 0..<3 {
                problem.cost.append(Int64(level) * .random(in: 20...100, using: &random))
                for _ in 0..<3 { problem.use.append(.random(in: 100...1_000, using: &random) / Int64(level + 1)) }
            }
            problem.offsets.append(problem.cost.count)
        }
        problem.limits = (0..<3).map { _ in .random(in: 7_000...11_000, using: &random) }
        return problem
    }

    private func program(_ problem: SelectionProblem) -> LinearProblem {
        let columns = problem.cost.enumerated().map {
            LinearProblem.Column(name: "x\($0.offset)", cost: Double($0.element), upper: 1, isInteger: true)
        }
        var rows = (0..<problem.groups).map { group in
            LinearProblem.Row(
                name: "g\(group)", lower: 1, upper: 1,
                entries: (problem.offsets[group]..<problem.offsets[group + 1]).map { .init(column: $0, value: 1) })
        }
        for row in 0..<problem.rows {
            let entries = problem.cost.indices.map {
                LinearProblem.Entry(column: $0, value: Double(problem.use[$0 * problem.rows + row]))
            }
            rows.append(.init(name: "b\(row)", upper: Double(problem.limits[row]), entries: entries))
        }
        return LinearProblem(columns: columns, rows: rows)
    }
}
