import Testing

@testable import BudgetOptimizer

@Suite("the founding table of stages in windows")
struct GateFoundingTests {
    private func founding(compute: Int64, storage: Int64 = 3, network: Int64 = 3) -> GateProblem {
        func stage(_ name: String, _ window: (Int, Int), _ demand: [Int64]) -> GateProblem.Stage {
            .init(
                name: name, window: .init(earliestStart: window.0, latestEnd: window.1),
                profiles: [.init(name: "only", duration: 2, demand: demand)])
        }
        return GateProblem(
            stages: [stage("A", (0, 2), [2, 1, 0]), stage("B", (1, 3), [1, 1, 1]), stage("C", (2, 4), [3, 2, 2])],
            capacities: [
                .init(name: "compute", amount: compute), .init(name: "storage", amount: storage),
                .init(name: "network", amount: network),
            ])
    }

    @Test("capacities 4, 3 and 3 keep the windows")
    func fits() throws {
        let answer = try Gate.decide(founding(compute: 4))
        #expect(answer.verdict == .admit)
        #expect(answer.start == [0, 1, 2])
        #expect(answer.isProved)
        #expect(answer.gap == 0)
    }

    @Test("compute 3 is refused, short by 1 in [2,3), and 4 is the smallest fix")
    func computeShort() throws {
        let answer = try Gate.decide(founding(compute: 3))
        #expect(answer.verdict == .refuse(.capacity))
        #expect(answer.conflict == [.capacity(0)])
        #expect(answer.fixes == [.init(limit: .capacity(0), from: 3, to: 4, isProved: true)])
        let shortage = try #require(answer.shortages.first)
        #expect(shortage.interval == 2..<3)
        #expect(shortage.needed - shortage.available == 1)
    }

    @Test("storage 2 and network 2 are refused with 3 as the smallest fix")
    func othersShort() throws {
        let storage = try Gate.decide(founding(compute: 4, storage: 2))
        #expect(storage.fixes == [.init(limit: .capacity(1), from: 2, to: 3, isProved: true)])
        let network = try Gate.decide(founding(compute: 4, network: 2))
        #expect(network.fixes == [.init(limit: .capacity(2), from: 2, to: 3, isProved: true)])
    }
}
