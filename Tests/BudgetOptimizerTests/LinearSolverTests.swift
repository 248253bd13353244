import Glibc
import Testing

@testable import BudgetOptimizer

@Suite("linear programs by HiGHS")
struct LinearSolverTests {
    /// The library under test; a test that needs it fails with this message where it is missing.
    private func library() throws -> String {
        try #require(getenv("SLUICE_HIGHS").map { String(cString: $0) }, "set SLUICE_HIGHS to the path of libhighs")
    }

    private func founding() throws -> LinearProblem {
        try LinearProblem(c: [-1, -1, -1], a: [[2, 1, 3], [1, 1, 2], [0, 1, 2]], b: [2, 1, 4])
    }

    @Test("the founding program has the optimum -1, with duals that explain it")
    func foundingOptimum() throws {
        let problem = try founding()
        let answer = try LinearSolver.solve(problem, library: library())
        #expect(answer.status == .optimal)
        #expect(abs((answer.objective ?? 0) + 1) < 1e-9)
        #expect(problem.violations(of: answer.x).isEmpty)
        let dualObjective = zip(answer.duals, problem.rows).reduce(0) { $0 + $1.0 * $1.1.upper }
        #expect(abs(dualObjective + 1) < 1e-9)
        #expect(answer.costRanges.count == 3)
        #expect(answer.boundRanges.count == 3)
    }

    @Test("the point (0,1,1) breaks rows 1 and 2 by 2 each")
    func foundingPoint() throws {
        let broken = try founding().violations(of: [0, 1, 1])
        #expect(broken.map(\.name) == ["r1", "r2"])
        #expect(broken.map(\.amount) == [2, 2])
    }

    @Test("an infeasible program comes with a Farkas proof that arithmetic confirms")
    func infeasible() throws {
        var problem = try LinearProblem(c: [1, 1], a: [[1, 1]], b: [1])
        problem.rows.append(.init(name: "r2", lower: 2, entries: problem.rows[0].entries))
        let answer = try LinearSolver.solve(problem, library: library())
        #expect(answer.status == .infeasible)
        #expect(problem.isInfeasible(by: answer.ray))
        #expect(!problem.isInfeasible(by: [1, 0]))
    }

    @Test("an unbounded program comes with a ray along which the objective falls")
    func unbounded() throws {
        let problem = try LinearProblem(c: [-1, 0], a: [[1, -1]], b: [1])
        let answer = try LinearSolver.solve(problem, library: library())
        #expect(answer.status == .unbounded)
        #expect(answer.ray.count == 2)
        #expect(problem.objective(at: answer.ray) < 0)
    }

    @Test("integers are kept and solved to gap 0")
    func mixedInteger() throws {
        let problem = try LinearProblem(
            sense: .maximise, c: [5, 4], a: [[6, 4], [1, 2]], b: [24, 6], integer: [true, true])
        let answer = try LinearSolver.solve(problem, library: library())
        #expect(answer.status == .optimal)
        #expect(abs((answer.objective ?? 0) - 20) < 1e-6)
        #expect(answer.duals.isEmpty)
    }

    @Test("a missing library, a file that is none and a missing model are refused in words")
    func refusals() throws {
        let problem = try founding()
        let missing = #expect(throws: LinearSolverError.self) {
            try LinearSolver.solve(problem, library: "/nonexistent/libhighs.so")
        }
        #expect(missing?.description.contains("/nonexistent/libhighs.so") == true)
        #expect(throws: LinearSolverError.unreadable(path: "/nonexistent/model.mps")) {
            try LinearSolver.read(file: "/nonexistent/model.mps", library: library())
        }
    }

    @Test("numbers that are none and wrong counts never reach the solver")
    func invalid() {
        #expect(throws: LinearProblemError.self) { try LinearProblem(c: [.nan], a: [[1]], b: [1]) }
        #expect(throws: LinearProblemError.self) { try LinearProblem(c: [1], a: [[1, 2]], b: [1]) }
        #expect(throws: LinearProblemError.self) { try LinearProblem(c: [1], a: [[1]], b: []) }
    }
}
