import Foundation
import Testing

@testable import BudgetOptimizer

@Suite("projects")
struct ProjectSolverTests {
    private func fixture(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    private func solve(_ problem: ProjectProblem, schedules: Int, seed: UInt64 = 1) throws -> ProjectAnswer {
        try ProjectSolver.solve(problem, limits: .init(schedules: schedules), seed: seed) { 0 }
    }

    @Test("published instances reach their published optima", arguments: [("j301_10.sm", 45), ("j102_10.mm", 33)])
    func optima(name: String, optimum: Int) throws {
        let problem = try ProjectReader.read(fixture(name))
        let answer = try solve(problem, schedules: 20_000)
        #expect(answer.makespan == optimum)
        #expect(answer.lowerBound <= optimum)
        #expect(ProjectChecker.violations(problem, start: answer.start, mode: answer.mode).isEmpty)
    }

    @Test("an MMLIB file is read as it is and scheduled")
    func mmlib() throws {
        let problem = try ProjectReader.read(fixture("J501_4.mm"))
        #expect(problem.activities.count == 52)
        #expect(problem.renewable == [40, 30])
        #expect(problem.nonrenewable == [80, 60])
        let answer = try solve(problem, schedules: 3_000)
        #expect(ProjectChecker.violations(problem, start: answer.start, mode: answer.mode).isEmpty)
        #expect(try #require(answer.makespan) >= 29)
    }

    @Test("equal seeds and schedule limits give equal answers")
    func deterministic() throws {
        let problem = try ProjectReader.read(fixture("J501_4.mm"))
        #expect(try solve(problem, schedules: 1_000, seed: 5) == solve(problem, schedules: 1_000, seed: 5))
    }

    @Test("the search never beats enumeration, and reaches it, on small projects", arguments: 0..<4)
    func equalsEnumeration(block: Int) throws {
        for number in 0..<60 {
            let seed = UInt64(300_000 + block * 1_000 + number)
            let problem = RandomProject.make(seed: seed)
            let prepared = try PreparedProject(problem)
            guard prepared.impossible == nil, let modes = StartingModes.find(prepared).modes else { continue }
            let exact = ProjectEnumeration.solve(prepared, limits: .init(schedules: 20_000))
            guard exact.isProved, let optimum = exact.values.first else { continue }
            let bound = ProjectBounds(prepared.problem, order: prepared.order).best
            #expect(bound <= optimum, "seed \(seed)")
            let limit = SearchLimit(
                schedules: 2_000, seconds: .infinity, clock: { 0 }, start: 0, bound: Int32(bound), stride: 1)
            var search = BipopulationSearch(prepared, seed: seed, population: 40)
            search.startingModes = modes
            search.first(limit)
            search.run(limit)
            let found = Int64(search.best)
            #expect(found == optimum, "seed \(seed)")
        }
    }

    @Test("an answer keeps releases, capacities, totals and precedence", arguments: 0..<4)
    func answersHold(block: Int) throws {
        for number in 0..<60 {
            let seed = UInt64(400_000 + block * 1_000 + number)
            let problem = RandomProject.make(seed: seed, activities: 3...25)
            let answer = try solve(problem, schedules: 300, seed: seed)
            guard answer.status == .optimal || answer.status == .feasible else { continue }
            #expect(ProjectChecker.violations(problem, start: answer.start, mode: answer.mode).isEmpty, "seed \(seed)")
            #expect(try #require(answer.makespan) >= answer.lowerBound, "seed \(seed)")
        }
    }

    @Test("a request above every capacity and totals that nothing keeps are infeasible")
    func infeasible() throws {
        let tall = ProjectProblem.Activity(modes: [.init(duration: 1, renewable: [3])])
        #expect(try solve(.init(activities: [tall], renewable: [2]), schedules: 10).status == .infeasible)
        let dear = ProjectProblem.Activity(modes: [.init(duration: 1, nonrenewable: [3])])
        #expect(try solve(.init(activities: [dear, dear], nonrenewable: [5]), schedules: 10).status == .infeasible)
    }

    @Test("an empty project ends at once, a circle and overlong durations are refused")
    func odd() throws {
        #expect(try solve(.init(activities: []), schedules: 10).makespan == 0)
        let one = ProjectProblem.Mode(duration: 1)
        #expect(throws: ProjectProblemError.self) {
            try solve(.init(activities: [.init(modes: [one], successors: [0])]), schedules: 10)
        }
        #expect(throws: ProjectProblemError.self) {
            try solve(.init(activities: [.init(modes: [.init(duration: .max)])]), schedules: 10)
        }
    }
}
