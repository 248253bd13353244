import Testing

@testable import BudgetOptimizer

@Suite("what would change a refusal")
struct GateExplanationTests {
    private func training(gpu: Int64, cost: Int64, deadline: Int? = nil) -> GateProblem {
        GateProblem(
            stages: [
                .init(
                    name: "train",
                    profiles: [
                        .init(name: "large", duration: 10, use: [12, 2]),
                        .init(name: "small", duration: 20, use: [4, 9], penalty: 1, isDegraded: true),
                    ]),
                .init(name: "evaluate", needs: [0], profiles: [.init(name: "only", duration: 5, use: [2, 1])]),
            ],
            budgets: [.init(name: "gpu_hours", amount: gpu), .init(name: "cost", amount: cost)], deadline: deadline)
    }

    @Test("the look-ahead counts the evaluation before training is admitted")
    func looksAhead() throws {
        #expect(try Gate.decide(training(gpu: 14, cost: 3)).verdict == .admit)
        #expect(try Gate.decide(training(gpu: 13, cost: 10)).verdict == .degrade)
    }

    @Test("a conflict of two budgets names both, a fix for each and weights that arithmetic confirms")
    func twoBudgets() throws {
        let problem = training(gpu: 13, cost: 9)
        let answer = try Gate.decide(problem)
        #expect(answer.verdict == .refuse(.budget))
        #expect(answer.conflict == [.budget(0), .budget(1)])
        #expect(answer.fixes.map(\.to) == [14, 10])
        #expect(answer.isProved)
    }

    @Test("a limit whose value alone changes nothing has no fix")
    func noSingleFix() throws {
        let answer = try Gate.decide(training(gpu: 5, cost: 2))
        #expect(answer.verdict == .refuse(.budget))
        #expect(answer.fixes.contains { $0.to == nil })
    }

    @Test("a budget and a deadline that are both too small are both named, and mended together")
    func together() throws {
        let problem = training(gpu: 5, cost: 100, deadline: 20)
        let answer = try Gate.decide(problem)
        #expect(answer.shortages.map(\.limit) == [.budget(0)])
        let short = try Gate.decide(training(gpu: 5, cost: 100, deadline: 14))
        #expect(short.verdict == .refuse(.budget))
        #expect(short.fixes.map(\.to) == [nil, nil])
        #expect(short.shortages.map(\.needed) == [6, 15])
        // The budget's least needs the slow profile, the deadline's the fast one: together they are not enough.
        #expect(short.together.isEmpty)
        var one = training(gpu: 1, cost: 100, deadline: 3)
        one.stages[0].profiles.removeLast()
        let both = try Gate.decide(one)
        #expect(both.together.map(\.limit) == [.budget(0), .deadline] && both.together.map(\.to) == [14, 15])
    }

    @Test("what a choice costs to judge counts: hard schedules end the search as hard selections do", arguments: 0..<4)
    func bounded(block: Int) throws {
        for number in 0..<3 {
            let seed = UInt64(900_000 + block * 1_000 + number)
            var problem = RandomGateProblem.make(seed: seed, stages: 50...50)
            problem.deadline = problem.stages.reduce(0) { $0 + ($1.profiles.map(\.duration).min() ?? 0) } / 3
            var selection = GateSelection(GateModel(problem, order: try problem.validatedOrder()), effort: .standard)
            let before = selection.work
            _ = selection.minimise(.penalty, from: nil)
            #expect(selection.work > -before / 2, "seed \(seed): far more work than allowed")
        }
    }

    @Test("a deadline below the critical path is refused with the path as its certificate")
    func deadline() throws {
        let problem = training(gpu: 100, cost: 100, deadline: 14)
        let answer = try Gate.decide(problem)
        #expect(answer.verdict == .refuse(.deadline))
        #expect(answer.certificate == .path([0, 1]))
        #expect(answer.certificate?.holds(for: problem) == true)
        #expect(answer.fixes == [.init(limit: .deadline, from: 14, to: 15, isProved: true)])
    }

    @Test("the what-if curve falls to the better profile where the budget allows it")
    func whatIf() throws {
        let curve = try Gate.whatIf(training(gpu: 10, cost: 20), limit: .budget(0), values: [5, 6, 13, 14])
        #expect(curve.map { $0.objective?.penalty } == [nil, 1, 1, 0])
    }

    @Test("the least extra raises the budget that asks for the smaller share")
    func leastExtra() throws {
        let extra = try #require(try Gate.leastExtra(training(gpu: 13, cost: 9)))
        #expect(extra.raises == [.init(limit: .budget(0), from: 13, to: 14, isProved: true)])
        #expect(extra.isProved)
    }

    @Test("no single-budget minimum explains a Farkas conflict, yet its weights hold")
    func farkas() throws {
        let profiles = [
            GateProblem.Profile(name: "a", duration: 1, use: [10, 0]),
            GateProblem.Profile(name: "b", duration: 1, use: [0, 10]),
        ]
        let problem = GateProblem(
            stages: (0..<4).map { .init(name: "s\($0)", profiles: profiles) },
            budgets: [.init(name: "x", amount: 19), .init(name: "y", amount: 19)])
        let answer = try Gate.decide(problem)
        #expect(answer.conflict == [.budget(0), .budget(1)])
        guard case .weights = answer.certificate else {
            Issue.record("expected weights, found \(String(describing: answer.certificate))")
            return
        }
        #expect(answer.certificate?.holds(for: problem) == true)
        #expect(RefusalCertificate.weights([1, 0]).holds(for: problem) == false)
    }

    @Test("an interval in which the stages must hold too much proves a refusal by capacity")
    func interval() throws {
        func stage(_ name: String, _ from: Int, _ to: Int, _ demand: Int64) -> GateProblem.Stage {
            .init(
                name: name, window: .init(earliestStart: from, latestEnd: to),
                profiles: [.init(name: "p", duration: 2, demand: [demand])])
        }
        let problem = GateProblem(
            stages: [stage("A", 0, 2, 2), stage("B", 1, 3, 1), stage("C", 2, 4, 3)],
            capacities: [.init(name: "compute", amount: 3)])
        let answer = try Gate.decide(problem)
        #expect(answer.certificate == .interval(capacity: 0, ticks: 2..<3))
        #expect(answer.certificate?.holds(for: problem) == true)
        #expect(RefusalCertificate.interval(capacity: 0, ticks: 0..<4).holds(for: problem) == false)
        #expect(RefusalCertificate.interval(capacity: 1, ticks: 2..<3).holds(for: problem) == false)
    }

    @Test("exhaustion is confirmed where every choice breaks a limit by itself")
    func recount() throws {
        let fast = GateProblem.Profile(name: "fast", duration: 1, use: [3])
        let slow = GateProblem.Profile(name: "slow", duration: 3, use: [1])
        let chain = GateProblem(
            stages: [.init(name: "a", profiles: [fast, slow]), .init(name: "b", needs: [0], profiles: [fast, slow])],
            budgets: [.init(name: "cost", amount: 3)], deadline: 4)
        #expect(try Gate.decide(chain).certificate.map { $0.holds(for: chain) } == true)
        #expect(RefusalCertificate.exhaustion(nodes: 1).holds(for: chain))
        #expect(RefusalCertificate.exhaustion(nodes: 1).holds(for: chain.setting(.deadline, to: 6)) == false)
    }
}
