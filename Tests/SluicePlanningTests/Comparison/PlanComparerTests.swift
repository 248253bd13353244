import SluiceModel
import Testing

@testable import SluicePlanning

@Suite struct PlanComparerTests {
    private func plan(_ fixture: Fixture) throws -> Plan {
        var context = fixture.context
        context.wantsKeyParts = true
        return try Planner.plan(fixture.linked, in: context)
    }

    /// Changes by stage: what `change` makes of the learning pipeline after `runs` have filled the cache.
    private func changes(ran: Bool = true, _ change: (inout Fixture) -> Void) throws -> [String: PlanComparison
        .StageChange]
    {
        var fixture = Fixture.learning()
        if ran { try fixture.run() }
        let before = try plan(fixture)
        change(&fixture)
        let comparison = PlanComparer.compare(try plan(fixture), with: before, at: before.revision)
        return Dictionary(uniqueKeysWithValues: comparison.stages.map { ($0.name, $0) })
    }

    @Test("a changed param reruns its stage, and those behind it read what that makes")
    func param() throws {
        let changes = try changes { $0.params["lr"] = .number(0.3) }
        #expect(changes["prepare"]?.kind == .same)
        #expect(changes["train"]?.reasons == ["params.lr changed 0.1 → 0.3"])
        #expect(changes["train"]?.before?.runs == false && changes["train"]?.after?.runs == true)
        #expect(changes["evaluate"]?.reasons == ["reads what train makes"])
        #expect(changes["train"]?.after?.use[.cost] == Amount(decimal: "0.04"))
    }

    @Test("what changed is found where nothing is cached too, behind stages that run")
    func cold() throws {
        let changes = try changes(ran: false) { $0.params["lr"] = .number(0.3) }
        #expect(changes["train"]?.reasons == ["params.lr changed 0.1 → 0.3"])
        #expect(changes["prepare"]?.kind == .same && changes["evaluate"]?.kind == .same)
        #expect(changes["train"]?.before == changes["train"]?.after)
    }

    @Test("changed data, plugins and scripts are named")
    func others() throws {
        let data = try changes { $0.files["data/x.csv"] = "1,2,3" }
        #expect(data["prepare"]?.reasons == ["input raw changed"])
        #expect(data["train"]?.reasons == ["reads what prepare makes"])
        let plugin = try changes {
            $0.plugins["train"] = Fixture.plugin("train-sklearn", digest: "2", outputs: ["model"], wantsPython: true)
        }
        #expect(plugin["train"]?.reasons == ["plugin train-sklearn changed"])
        let script = try changes { $0.files["prepare.py"] = "print(2)" }
        #expect(script["prepare"]?.reasons == ["prepare.py changed"])
    }

    @Test("stages that come and go are told apart from changed ones")
    func addedAndRemoved() throws {
        let changes = try changes { fixture in
            fixture.stages.removeLast()
            fixture.stages.append(Fixture.stage("notify", run: "echo", needs: ["evaluate"]))
        }
        #expect(changes["deploy"]?.kind == .removed && changes["deploy"]?.after == nil)
        #expect(changes["notify"]?.kind == .added && changes["notify"]?.before == nil)
    }

    @Test("another profile, price or estimate changes what a stage takes, and says so")
    func resources() throws {
        let changes = try changes(ran: false) { fixture in
            fixture.stages[1].profiles = [Fixture.profile("small", price: "2", estimate: 72)]
            fixture.stages[2].profiles = [Fixture.profile("small", estimate: 90)]
        }
        #expect(changes["train"]?.reasons == ["profile large → small", "price 4 → 2 an hour", "estimate 36s → 1m12s"])
        #expect(changes["evaluate"]?.reasons == ["estimate 36s → 1m30s"])
    }

    @Test("a commit without the pipeline leaves nothing to compare with")
    func new() throws {
        let after = try plan(Fixture.learning())
        let comparison = PlanComparer.compare(after, with: nil, at: after.revision, obstacle: "none")
        #expect(comparison.stages.allSatisfy { $0.kind == .added } && comparison.before == nil)
    }
}
