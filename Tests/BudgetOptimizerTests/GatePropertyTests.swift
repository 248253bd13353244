import Testing

@testable import BudgetOptimizer

@Suite("the gate against brute force")
struct GatePropertyTests {
    @Test("the gate's answer is what trying every choice and every tick finds", arguments: 0..<4)
    func equalsBruteForce(block: Int) throws {
        for number in 0..<100 {
            let seed = UInt64(block * 1_000 + number)
            let problem = RandomGateProblem.make(seed: seed)
            let answer = try Gate.decide(problem, effort: .init(nodes: 100_000, schedules: 100_000))
            let best = BruteForce.best(problem)
            let values = answer.objective.map { found in problem.objective.map { found.value(of: $0) } }
            #expect(values == best, "seed \(seed)")
            #expect(answer.isProved, "seed \(seed)")
        }
    }

    @Test("a conflict is a conflict, is minimal, and every fix is the smallest that fits", arguments: 0..<4)
    func refusalsAreRight(block: Int) throws {
        for number in 0..<100 {
            let seed = UInt64(50_000 + block * 1_000 + number)
            let problem = RandomGateProblem.make(seed: seed)
            let answer = try Gate.decide(problem)
            guard case .refuse = answer.verdict else { continue }
            try checkConflict(problem, answer, seed: seed)
            for fix in answer.fixes { try check(fix, problem, seed: seed) }
            if let certificate = answer.certificate, case .exhaustion = certificate {
            } else {
                #expect(answer.certificate?.holds(for: problem) == true, "seed \(seed)")
            }
        }
    }

    @Test("whatever certificate holds, no choice at any tick fits", arguments: 0..<4)
    func certificatesAreSound(block: Int) throws {
        var confirmed = 0
        for number in 0..<150 {
            let seed = UInt64(70_000 + block * 1_000 + number)
            let problem = RandomGateProblem.make(seed: seed)
            let model = GateModel(problem, order: try problem.validatedOrder())
            let hold = RequiredHold(model)
            let intervals = problem.capacities.indices.compactMap { capacity in
                hold.overfull(capacity).map { RefusalCertificate.interval(capacity: capacity, ticks: $0) }
            }
            for certificate in intervals + [.exhaustion(nodes: 0)] where certificate.holds(for: problem) {
                confirmed += 1
                #expect(BruteForce.best(problem) == nil, "seed \(seed), \(certificate)")
            }
        }
        #expect(confirmed > 20)
    }

    private func checkConflict(_ problem: GateProblem, _ answer: GateAnswer, seed: UInt64) throws {
        let lifted = problem.limitNames.filter { !answer.conflict.contains($0) }
            .reduce(problem) { $0.setting($1, to: nil) }
        #expect(!(try fits(lifted)), "seed \(seed)")
        for limit in answer.conflict {
            if case .window = limit { continue }
            #expect(try fits(lifted.setting(limit, to: nil)), "seed \(seed), \(limit)")
        }
    }

    private func check(_ fix: GateAnswer.Fix, _ problem: GateProblem, seed: UInt64) throws {
        guard let to = fix.to else {
            #expect(!(try fits(problem.setting(fix.limit, to: nil))), "seed \(seed), \(fix)")
            return
        }
        #expect(to > fix.from, "seed \(seed), \(fix)")
        #expect(try fits(problem.setting(fix.limit, to: to)), "seed \(seed), \(fix)")
        #expect(!(try fits(problem.setting(fix.limit, to: to - 1))), "seed \(seed), \(fix)")
    }

    private func fits(_ problem: GateProblem) throws -> Bool {
        if case .refuse = try Gate.decide(problem).verdict { return false }
        return true
    }
}
