import SluiceModel
import SluiceTesting
import Testing

@testable import SluicePlanning

@Suite struct LimitChangeTests {
    private func plan(_ fixture: Fixture, _ changes: [String] = []) throws -> Plan {
        var context = fixture.context
        context.changes = try changes.map { try LimitChange($0) }
        return try Planner.plan(fixture.linked, in: context)
    }

    @Test("another limit decides the plan anew, through the same gate")
    func decides() throws {
        var fixture = Fixture.learning()
        fixture.budget.limits = [.init(resource: .cost, amount: Amount(decimal: "0.03") ?? .zero)]
        #expect(try plan(fixture).decision.verdict == .refuse)
        #expect(try plan(fixture, ["cost=0.05"]).decision.verdict == .degrade)
        #expect(try plan(fixture, ["cost=0.07"]).decision.verdict == .admit)
        #expect(try plan(fixture, ["cost=0.07", "deadline=1m"]).decision.reason == .deadline)
        #expect(try plan(fixture, ["cost=0.07", "cpus=0.5"]).decision.reason == .capacity)
        fixture.budget.limits[0].amount = Amount(decimal: "0.07") ?? .zero
        #expect(try plan(fixture) == plan(fixture, ["cost=0.07"]))
    }

    @Test("a change knows the value that there is now")
    func current() throws {
        var fixture = Fixture.learning()
        fixture.budget.limits = [.init(resource: .wall, amount: Amount(90))]
        let plan = try plan(fixture)
        #expect(try LimitChange("deadline=2h").current(in: plan) == Amount(90))
        #expect(try LimitChange("gpu_hours=2").current(in: plan) == nil)
        #expect(try LimitChange("capacity:cpus=2").current(in: plan) == Amount(4))
        #expect(try LimitChange("max_parallel.train=2").current(in: plan) == nil)
        #expect(try LimitChange("deadline=2h").amount == Amount(7200))
        #expect(try LimitChange("memory=2GiB").amount == Amount(2 << 30))
        #expect(try LimitChange("network=1MB/s").amount == Amount(1_000_000))
        #expect(try LimitChange("custom.licence=3").amount == Amount(3))
    }

    @Test("pools of executors, max_parallel and accounts are changed too; what is not there is named with what is")
    func everyLimit() throws {
        var fixture = Fixture.learning()
        for stage in fixture.stages.indices { fixture.stages[stage].profiles = [Fixture.profile(cpus: 2)] }
        fixture.stages[1].profiles[0].profile.request.pool = "nodes"
        fixture.stages[1].matrix = .init(
            axes: [.init(name: "i", values: [.integer(1), .integer(2), .integer(3)])], maxParallel: 1)
        fixture.stages.removeLast(2)
        fixture.budget.limits = [.init(resource: .wall, amount: Amount(80))]
        let account = Account(name: "a.b", window: .month, limits: [.init(resource: .cost, amount: Amount(1))])
        fixture.accounts = [AccountRule(account: account)]
        func plan(_ changes: String...) throws -> Plan {
            var context = fixture.context
            context.pools["nodes"] = ResourceRequest(cpus: Amount(6), memory: 8 << 30)
            context.changes = try changes.map { try LimitChange($0) }
            return try Planner.plan(fixture.linked, in: context)
        }
        let refused = try plan()
        #expect(Set(refused.decision.conflict) == ["deadline", "capacity:max_parallel.train"])
        let fix = try #require(refused.decision.fixes.first { $0.limit == "capacity:max_parallel.train" }?.to)
        #expect(try plan("capacity:max_parallel.train=\(fix)").decision.verdict == .admit)
        #expect(try plan("max_parallel.train=2").decision.verdict == .refuse)
        #expect(try plan("max_parallel.train=3", "nodes.cpus=1").decision.reason == .capacity)
        #expect(try plan("max_parallel.train=3", "nodes.cpus=5").decision.verdict == .refuse)
        #expect(try plan("max_parallel.train=3", "nodes.custom.licence=1").decision.verdict == .admit)
        #expect(try plan("max_parallel.train=3", "a.b.cost=0").decision.reason == .budget)

        for (text, hint) in [
            ("node.cpus=1", "nodes.cpus"), ("max_parallel.tran=1", "max_parallel.train"), ("a.c.cost=1", "a.b.cost"),
        ] {
            #expect(try LimitChange(text).mismatch(with: refused)?.hint == "there is \(hint)")
        }
        for text in ["nodes.memory=1GiB", "max_parallel.train=2", "a.b.cost=1", "gpu_hours=1", "custom.x=1"] {
            #expect(try LimitChange(text).mismatch(with: refused) == nil)
        }
    }

    @Test(
        "what is no limit, or no value of it, is refused with what would do",
        arguments: [
            ("gpu_hour=3", "gpu_hours"), ("cost", "gpu_hours=14"), ("cost=", "gpu_hours=14"), ("cost=x", "4"),
            ("wall=12", "2h30m"), ("memory=12", "64GiB"), ("cost=-1", "4"), ("egress=1", "64GiB"), ("gpus=1.5", "4"),
            ("max_parallel.train=0", "4"),
        ])
    func malformed(text: String, hint: String) {
        let error = #expect(throws: LimitChange.Malformed.self) { try LimitChange(text) }
        #expect(error?.hint.contains(hint) == true, "\(String(describing: error))")
    }
}
