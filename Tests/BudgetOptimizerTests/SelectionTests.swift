import Testing

@testable import BudgetOptimizer

@Suite("the branch and bound against enumeration")
struct SelectionTests {
    @Test("branch and bound and enumeration agree wherever both prove", arguments: 0..<6)
    func agreesWithEnumeration(block: Int) throws {
        var provedCount = 0
        for number in 0..<120 {
            let seed = UInt64(100_000 + block * 1_000 + number)
            let problem = RandomGateProblem.make(seed: seed, stages: 2...6)
            let model = GateModel(problem, order: try problem.validatedOrder())
            guard model.profiles.allSatisfy({ !$0.isEmpty }) else { continue }
            let goals = problem.objective.map(SearchGoal.init)
            let effort = GateEffort(nodes: 5_000, schedules: 5_000)
            let exact = GateEnumeration.solve(model, goals: goals, effort: .init(nodes: 200_000, schedules: 200_000))
            let found = GateSearch.branchAndBound(model, goals: goals, effort: effort)
            guard exact.isProved else { continue }
            if found.isProved {
                provedCount += 1
                #expect(found.hasPlan == exact.hasPlan, "seed \(seed)")
                #expect(found.values == exact.values, "seed \(seed)")
            } else if found.hasPlan {
                #expect(!found.values.lexicographicallyPrecedes(exact.values), "seed \(seed)")
                let bounded = zip(found.bounds, exact.values).first { $0 != $1 }
                #expect(bounded.map { $0 < $1 } ?? true, "seed \(seed)")
            }
            if found.hasPlan {
                let broken = PlanChecker.violations(problem, choice: found.choice, start: found.start)
                #expect(broken.isEmpty, "seed \(seed)")
            }
        }
        #expect(provedCount > 60)
    }

    @Test("a selection under several rows is what trying every choice finds", arguments: 0..<6)
    func selectionEqualsBruteForce(block: Int) {
        for number in 0..<200 {
            let seed = UInt64(200_000 + block * 1_000 + number)
            let problem = randomSelection(seed: seed)
            let outcome = SelectionSearch.solve(problem, work: 10_000_000)
            let best = cheapest(problem)
            #expect(outcome.isProved, "seed \(seed)")
            #expect(outcome.items.isEmpty == (best == nil), "seed \(seed)")
            if let best { #expect(outcome.value == best && outcome.bound == best, "seed \(seed)") }
        }
    }

    private func randomSelection(seed: UInt64) -> SelectionProblem {
        var random = SeededGenerator(seed: seed)
        let rows = Int.random(in: 0...5, using: &random)
        let groups = Int.random(in: 1...6, using: &random)
        let size = Int64([10, 1_000, 1_000_000_000_000].randomElement(using: &random) ?? 10)
        var problem = SelectionProblem(limits: [])
        for _ in 0..<groups {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                problem.cost.append(.random(in: 0...size, using: &random))
                for _ in 0..<rows { problem.use.append(.random(in: 0...size, using: &random)) }
            }
            problem.offsets.append(problem.cost.count)
        }
        problem.limits = (0..<rows).map { _ in .random(in: 0...size * Int64(groups) * 2 / 3, using: &random) }
        return problem
    }

    private func cheapest(_ problem: SelectionProblem) -> Int64? {
        func visit(_ group: Int, _ left: [Int64]) -> Int64? {
            guard group < problem.groups else { return 0 }
            return (problem.offsets[group]..<problem.offsets[group + 1]).compactMap { item -> Int64? in
                let rest = left.indices.map { left[$0] - problem.use[item * problem.rows + $0] }
                guard rest.allSatisfy({ $0 >= 0 }) else { return nil }
                return visit(group + 1, rest).map { $0 + problem.cost[item] }
            }.min()
        }
        return visit(0, problem.limits)
    }
}
