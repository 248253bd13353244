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
            ("  2      1     4       2    1", "  2      1     4       2", 14, 10),
            ("    2    5", "    2", 19, 1),
            ("  3      1     0       0    0", "  4      1     0       0    0", 16, 3),
        ])
    func located(line: String, wrong: String, at number: Int, column: Int) {
        let text = small.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0 == line ? wrong : String($0) }.joined(separator: "\n")
        let failure = #expect(throws: TextFailure.self) { try ProjectReader.read(text) }
        #expect(failure?.line == number)
        #expect(failure?.column == column)
    }

    @Test(
        "a circle, a negative duration, an overflow and a lost row are refused with their line",
        arguments: [
            ("   3        1          0", "   3        1          1           2", 8, "the jobs 2 → 3 → 2"),
            ("  2      1     4       2    1", "  2      1    -4       2    1", 14, "a duration is negative"),
            ("  2      1     4       2    1", "  2      1     4       2    9999999999999999999", 14, "too large"),
            ("   2        2          1           3", "   2        1          1           3", 15, "expected job 3"),
            ("   3        1          0", "   3        1          0\n   4        1          0", 10, "another row"),
            ("    2    5", "", 18, "the end of the file"), ("RESOURCEAVAILABILITIES:", "", 19, "RESOURCE AVAIL"),
        ])
    func refused(line: String, wrong: String, at number: Int, words: String) {
        let text = small.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0 == line ? wrong : String($0) }.joined(separator: "\n")
        let failure = #expect(throws: TextFailure.self) { try ProjectReader.read(text) }
        #expect(failure?.line == number && failure?.message.contains(words) == true, "\(String(describing: failure))")
    }

    @Test("the small differences of published files mean nothing")
    func lenient() throws {
        let titles = small.replacing("RESOURCEAVAILABILITIES:", with: " RESOURCE AVAILABILITIES ")
            .replacing("REQUESTS/DURATIONS:", with: "REQUESTS/DURATIONS").replacing(
                "jobnr. mode", with: "\n****\njobnr.\tmode")
        #expect(try ProjectReader.read(titles) == ProjectReader.read(small))
        let repeated = small.replacing("         2     6       1    0", with: "  2      2     6       1    0")
        #expect(try ProjectReader.read(repeated) == ProjectReader.read(small))
    }

    @Test("a project that can never run says which activity and which resource")
    func impossible() throws {
        var problem = try ProjectReader.read(small)
        #expect(problem.impossible == [])
        problem.renewable = [0]
        let reason = "activity 2 can never run: it asks at least 1 of R1, 0 are there"
        #expect(problem.impossible.map(\.description) == [reason])
        problem.renewable = [2]
        problem.activities[0].modes[0].nonrenewable = [6]
        #expect(
            problem.impossible.map(\.description) == ["activity 1 can never run: it asks at least 6 of N1, 5 are there"]
        )
        problem.activities[0].modes[0].nonrenewable = [3]
        problem.activities[2].modes[0].nonrenewable = [4]
        #expect(problem.impossible.map(\.description) == ["the activities spend at least 7 of N1, 5 are there"])
    }

    @Test("a deadline that no schedule keeps names the activity that is late, not those behind it")
    func late() throws {
        func activity(_ duration: Int, _ successors: [Int], release: Int = 0, deadline: Int? = nil)
            -> ProjectProblem.Activity
        {
            .init(
                modes: [.init(duration: duration, renewable: [1], nonrenewable: [])], successors: successors,
                release: release, deadline: deadline)
        }
        var problem = ProjectProblem(
            activities: [activity(3, [1], release: 2), activity(4, [2], deadline: 8), activity(1, [], deadline: 5)],
            renewable: [1], nonrenewable: [])
        #expect(problem.impossible == [.late(activity: 2, earliest: 9, deadline: 8)])
        #expect(
            problem.impossible.first?.description
                == "activity 2 cannot end by its deadline 8: it ends at 9 at the earliest")
        problem.activities[1].deadline = 9
        #expect(problem.impossible == [.late(activity: 3, earliest: 10, deadline: 5)])
        problem.activities[2].deadline = 10
        #expect(problem.impossible.isEmpty)
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
