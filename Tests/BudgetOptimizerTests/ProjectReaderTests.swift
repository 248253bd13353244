import Testing

@testable import BudgetOptimizer

@Suite("project files")
struct ProjectReaderTests {
    private let small = """
        jobs (incl. supersource/sink ):  3
          - renewable                 :  1   R
          - nonrenewable              :  1   N
          - doubly constrained        :  0   D
        PRECEDENCE RELATIONS:
        jobnr.    #modes  #successors   successors
           1        1          1           2
           2        2          1           3
           3        1          0
        REQUESTS/DURATIONS:
        jobnr. mode duration  R 1  N 1
        ------------------------------
          1      1     0       0    0
          2      1     4       2    1
                 2     6       1    0
          3      1     0       0    0
        RESOURCEAVAILABILITIES:
          R 1  N 1
            2    5
        """

    @Test("jobs, modes, successors and availabilities are read")
    func reads() throws {
        let problem = try ProjectReader.read(small)
        #expect(problem.activities.map(\.successors) == [[1], [2], []])
        #expect(problem.activities[1].modes.map(\.duration) == [4, 6])
        #expect(problem.renewable == [2])
        #expect(problem.nonrenewable == [5])
    }

    @Test("line ends of other systems make no difference")
    func lineEnds() throws {
        let problem = try ProjectReader.read(small.split(separator: "\n").joined(separator: "\r\n"))
        #expect(try problem == ProjectReader.read(small))
    }

    @Test(
        "a wrong line is named with line and column",
        arguments: [
            ("   2        2          1           3", "   2        2          1           9", 8, 36),
            ("  2      1     4       2    1", "  2      1     x       2    1", 14, 16),
            ("  2      1     4       2    1", "  2      1     4       2", 14, 1),
            ("    2    5", "    2", 19, 1),
            ("  3      1     0       0    0", "  4      1     0       0    0", 16, 3),
        ])
    func located(line: String, wrong: String, at number: Int, column: Int) {
        let text = small.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0 == line ? wrong : String($0) }.joined(separator: "\n")
        let failure = #expect(throws: ProjectReader.Failure.self) { try ProjectReader.read(text) }
        #expect(failure?.line == number)
        #expect(failure?.column == column)
    }

    @Test("no mutation of a file crashes the reader or the solver behind it", arguments: 0..<4)
    func mutations(block: Int) {
        var random = SeededGenerator(seed: UInt64(500_000 + block))
        let bytes = Array(small.utf8)
        for _ in 0..<400 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<mutant.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: mutant[place] = UInt8.random(in: 0...255, using: &random)
                case 1: mutant.remove(at: place)
                default: mutant.insert(contentsOf: Array("99".utf8), at: place)
                }
            }
            guard let problem = try? ProjectReader.read(String(decoding: mutant, as: UTF8.self)) else { continue }
            _ = try? ProjectSolver.solve(problem, limits: .init(schedules: 20), seed: 1) { 0 }
        }
    }
}
