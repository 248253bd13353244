import Testing

@testable import BudgetOptimizer

@Suite("bounds and deadlines of projects")
struct ProjectBoundsTests {
    /// A project with deadlines around what its activities can keep.
    private func withDeadlines(seed: UInt64) -> ProjectProblem {
        var random = SeededGenerator(seed: seed)
        var problem = RandomProject.make(seed: seed)
        for index in problem.activities.indices where Int.random(in: 0..<3, using: &random) == 0 {
            problem.activities[index].deadline = Int.random(in: 3...16, using: &random)
        }
        return problem
    }

    private func enumerated(_ problem: ProjectProblem) throws -> SearchOutcome? {
        let prepared = try PreparedProject(problem)
        guard prepared.impossible == nil, StartingModes.find(prepared).modes != nil else { return nil }
        let exact = ProjectEnumeration.solve(prepared, limits: .init(schedules: 20_000))
        return exact.isProved ? exact : nil
    }

    @Test("the destructive bound is never above the optimum and never below the simple bounds", arguments: 0..<4)
    func destructiveIsSound(block: Int) throws {
        var raised = 0
        for number in 0..<100 {
            let seed = UInt64(530_000 + block * 1_000 + number)
            let problem = RandomProject.make(seed: seed)
            guard let optimum = try enumerated(problem)?.values.first else { continue }
            let prepared = try PreparedProject(problem)
            let bounds = ProjectBounds(prepared.problem, order: prepared.order)
            let simple = bounds.best
            let bound = bounds.destructive(from: simple, upTo: Int(optimum) + 5, work: 1_000_000)
            #expect(simple <= bound && bound <= Int(optimum), "seed \(seed)")
            raised += bound > simple ? 1 : 0
        }
        #expect(raised > 0, "block \(block) has no project whose bound is raised")
    }

    @Test(
        "deadlines are refuted only where enumeration finds no schedule, and kept where one is found", arguments: 0..<4)
    func deadlines(block: Int) throws {
        var kept = 0
        var refuted = 0
        for number in 0..<100 {
            let seed = UInt64(540_000 + block * 1_000 + number)
            let problem = withDeadlines(seed: seed)
            guard let exact = try enumerated(problem) else { continue }
            let prepared = try PreparedProject(problem)
            let bounds = ProjectBounds(prepared.problem, order: prepared.order)
            if bounds.refutesDeadlines(work: 1_000_000) {
                #expect(!exact.hasPlan, "seed \(seed)")
                refuted += 1
            }
            guard exact.hasPlan, let modes = StartingModes.find(prepared).modes else { continue }
            let limit = SearchLimit(
                schedules: 5_000, seconds: .infinity, clock: { 0 }, start: 0, bound: Int32(bounds.best), stride: 1)
            var search = BipopulationSearch(prepared, seed: seed, population: 60)
            search.startingModes = modes
            search.first(limit)
            search.run(limit)
            guard search.best < BipopulationSearch.late else { continue }
            kept += 1
            #expect(Int64(search.best) >= exact.values[0], "seed \(seed)")
            let start = problem.activities.indices.map {
                Int(search.bestFinish[$0]) - prepared.problem.activities[$0].modes[Int(search.bestMode[$0])].duration
            }
            let mode = problem.activities.indices.map { prepared.modeNumbers[$0][Int(search.bestMode[$0])] }
            #expect(ProjectChecker.violations(problem, start: start, mode: mode).isEmpty, "seed \(seed)")
        }
        #expect(kept > 20 && refuted > 0, "block \(block): \(kept) kept, \(refuted) refuted")
    }

    @Test("a larger project keeps the deadlines that some schedule keeps", arguments: 1...6)
    func largeProjectKeepsDeadlines(seed: UInt64) throws {
        var problem = RandomProject.make(seed: 550_000 + seed, activities: 40...40)
        let free = try ProjectSolver.solve(problem, limits: .init(schedules: 200), seed: 1) { 0 }
        for index in free.start.indices where index % 3 == 0 {
            problem.activities[index].deadline =
                free.start[index] + problem.activities[index].modes[free.mode[index]].duration
        }
        let answer = try ProjectSolver.solve(problem, limits: .init(schedules: 20_000), seed: 1) { 0 }
        #expect(answer.status == .optimal || answer.status == .feasible, "seed \(seed)")
        #expect(ProjectChecker.violations(problem, start: answer.start, mode: answer.mode).isEmpty, "seed \(seed)")
    }

    @Test("work is spread over pools so that the last one ends first")
    func pools() throws {
        let fast = ProjectProblem.Mode(duration: 4, renewable: [2, 0], pool: 0)
        let slow = ProjectProblem.Mode(duration: 6, renewable: [0, 2], pool: 1)
        let problem = ProjectProblem(
            activities: (0..<5).map { _ in .init(modes: [fast, slow]) }, renewable: [2, 2], pools: ["fast", "slow"])
        let answer = try ProjectSolver.solve(problem, limits: .init(schedules: 2_000), seed: 1) { 0 }
        #expect(answer.makespan == 12)
        #expect(answer.mode.count { $0 == 0 } == 3)
    }
}
