import SluiceModel
import Testing

@testable import SluicePlanning

/// What a plan expects of queues where attempts of a run share an allocation.
@Suite("A queue is waited in once for a shared allocation")
struct SharedAllocationTests {
    private func waits(_ stages: [Pipeline.Stage]) throws -> [String: [Duration]] {
        var context = Fixture(stages: stages).context
        context.pools = ["cluster": ResourceRequest(cpus: Amount(16), memory: 64 << 30)]
        context.queueWait = { $0.pool == nil ? nil : .seconds(600) }
        context.sharesAllocation = { $0.pool != nil && $0.cpus <= Amount(2) }
        let plan = try Planner.plan(Fixture(stages: stages).linked, in: context)
        return Dictionary(uniqueKeysWithValues: plan.stages.map { ($0.name, $0.profiles.map(\.queueWait)) })
    }

    private func profile(_ cpus: Int64, on executor: String? = "cluster", _ name: String = "node") -> StageProfile {
        var profile = Fixture.profile(name, cpus: cpus)
        profile.profile.request.pool = executor
        return profile
    }

    private static let ten: Duration = .seconds(600)

    @Test("by what comes first; what comes behind it, directly or not, finds the allocation there")
    func chain() throws {
        let stages = [
            Fixture.stage("a", run: "1", profiles: [profile(1)]),
            Fixture.stage("b", run: "2", needs: ["a"], profiles: [profile(1, on: nil)]),
            Fixture.stage("c", run: "3", needs: ["b"], profiles: [profile(2)]),
            Fixture.stage("d", run: "4", profiles: [profile(1)]),
        ]
        #expect(try waits(stages) == ["a": [Self.ten], "b": [.zero], "c": [.zero], "d": [Self.ten]])
    }

    @Test("what does not fit waits by itself, and what may run elsewhere promises no allocation")
    func elsewhere() throws {
        let stages = [
            Fixture.stage("a", run: "1", profiles: [profile(1), profile(1, on: nil, "here")]),
            Fixture.stage("b", run: "2", needs: ["a"], profiles: [profile(1)]),
            Fixture.stage("c", run: "3", needs: ["b"], profiles: [profile(4)]),
        ]
        #expect(try waits(stages) == ["a": [Self.ten, .zero], "b": [Self.ten], "c": [Self.ten]])
    }
}
