import Testing

@testable import BudgetOptimizer

@Suite("problems that are odd, huge or meaningless")
struct GateHostileTests {
    private func stage(_ name: String, needs: [Int] = [], _ profiles: [GateProblem.Profile]) -> GateProblem.Stage {
        .init(name: name, needs: needs, profiles: profiles)
    }

    @Test("an empty problem is admitted")
    func empty() throws {
        let answer = try Gate.decide(.init(stages: [], budgets: [.init(name: "b", amount: 0)], deadline: 0))
        #expect(answer.verdict == .admit)
        #expect(answer.isProved)
    }

    @Test("a circle of needs is named, not searched")
    func cycle() {
        let one = GateProblem.Profile(name: "p", duration: 1)
        let problem = GateProblem(stages: [stage("a", needs: [1], [one]), stage("b", needs: [0], [one])])
        #expect(throws: GateProblemError.cycle(["b", "a", "b"])) { try Gate.decide(problem) }
        let own = GateProblem(stages: [stage("a", needs: [0], [one])])
        #expect(throws: GateProblemError.cycle(["a", "a"])) { try Gate.decide(own) }
    }

    @Test("missing profiles, unknown needs, negative and overflowing amounts are refused in words")
    func meaningless() {
        let huge = GateProblem.Profile(name: "p", duration: 1, use: [.max])
        let limits = [GateProblem.Limit(name: "b", amount: .max)]
        #expect(throws: GateProblemError.noProfiles(stage: "a")) { try Gate.decide(.init(stages: [stage("a", [])])) }
        #expect(throws: GateProblemError.unknownNeed(stage: "a", index: 7)) {
            try Gate.decide(.init(stages: [stage("a", needs: [7], [.init(name: "p", duration: 1)])]))
        }
        #expect(throws: GateProblemError.tooLarge(what: "'b'")) {
            try Gate.decide(.init(stages: [stage("a", [huge]), stage("b", [huge])], budgets: limits))
        }
        #expect(throws: GateProblemError.self) {
            try Gate.decide(.init(stages: [stage("a", [.init(name: "p", duration: -1)])]))
        }
        #expect(throws: GateProblemError.self) {
            try Gate.decide(.init(stages: [stage("a", [.init(name: "p", duration: .max)])]))
        }
    }

    @Test("twenty thousand stages under tight budgets, capacities and a deadline get an answer that holds")
    func huge() throws {
        var random = SeededGenerator(seed: 7)
        let stages = (0..<20_000).map { index in
            stage(
                "s\(index)", needs: index >= 40 ? [index - 40] : [],
                (0..<3).map { level in
                    .init(
                        name: "p\(level)", duration: .random(in: 1...20, using: &random),
                        use: [.random(in: 1...9, using: &random), .random(in: 1...9, using: &random)], demand: [1],
                        penalty: Int64(level))
                })
        }
        let problem = GateProblem(
            stages: stages,
            budgets: [.init(name: "x", amount: 90_000), .init(name: "y", amount: 90_000)],
            capacities: [.init(name: "cpu", amount: 60)], deadline: 12_000)
        let answer = try Gate.decide(problem)
        if answer.choice.isEmpty {
            #expect(!answer.conflict.isEmpty || !answer.isProved)
        } else {
            #expect(PlanChecker.violations(problem, choice: answer.choice, start: answer.start).isEmpty)
        }
    }

    @Test("hundreds of capacities that nothing can hold are each named, and mended together")
    func manyMissing() throws {
        let count = 400
        let stages = (0..<count).map { index in
            stage("s\(index)", [.init(name: "p", duration: 1, demand: (0..<count).map { $0 == index ? 2 : 0 })])
        }
        let capacities = (0..<count).map { GateProblem.Limit(name: "c\($0)", amount: $0 == 7 ? 5 : 1) }
        let answer = try Gate.decide(GateProblem(stages: stages, capacities: capacities))
        let short = (0..<count).filter { $0 != 7 }.map { GateAnswer.LimitName.capacity($0) }
        #expect(answer.verdict == .refuse(.capacity) && answer.conflict == [.capacity(0)])
        #expect(answer.fixes.map(\.limit) == short && answer.fixes.allSatisfy { $0.to == nil && $0.isProved })
        #expect(answer.together.map(\.limit) == short && answer.together.allSatisfy { $0.to == 2 })
        #expect(answer.certificate == .request(stage: 0))
    }

    @Test("equal input decides equally")
    func deterministic() throws {
        for seed in UInt64(0)..<20 {
            let problem = RandomGateProblem.make(seed: seed, stages: 5...9)
            #expect(try Gate.decide(problem) == Gate.decide(problem), "seed \(seed)")
        }
    }
}
