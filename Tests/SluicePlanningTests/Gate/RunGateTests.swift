import SluiceModel
import SluicePlanning
import Testing

@Suite("The gate over a run")
struct RunGateTests {
    private func limited(_ limits: [(BudgetResource, String)], _ onExceed: BudgetPolicy.OnExceed = .degrade) -> Fixture
    {
        var fixture = Fixture.learning()
        fixture.budget = BudgetPolicy(
            limits: limits.map { BudgetLimit(resource: $0.0, amount: Amount(decimal: $0.1) ?? .zero) },
            onExceed: onExceed)
        return fixture
    }

    @Test("a limit that is too small refuses and names the shortage and the fix")
    func refused() throws {
        let decision = try limited([(.cost, "0.03")]).plan().decision
        #expect(decision.verdict == .refuse)
        #expect(decision.reason == .budget)
        #expect(decision.conflict == ["cost"])
        #expect(
            decision.fixes == [
                .init(limit: "cost", from: Amount(decimal: "0.03") ?? .zero, to: Amount(decimal: "0.04"))
            ])
        #expect(
            decision.explanation == [
                "cost: at least 0.04 needed, 0.03 left: 0.01 short; prepare 0.01, train 0.01, evaluate 0.01",
                "fix: cost 0.03 → 0.04",
            ])
        #expect(decision.limits.map(\.asked) == [Amount(decimal: "0.04")])
    }

    @Test(
        "what stages send and store is limited as they declare it",
        arguments: [(BudgetResource.storage, "100MiB"), (.egress, "7MiB")])
    func declaredBytes(resource: BudgetResource, left: String) throws {
        var fixture = limited([(resource, resource == .storage ? "104857600" : "7340032")])
        fixture.stages[0].profiles[0].storage = 60 << 20
        fixture.stages[1].profiles[0].storage = 50 << 20
        fixture.stages[1].profiles[1].storage = 41 << 20
        fixture.stages[1].profiles[0].egress = 8 << 20
        fixture.stages[1].profiles[1].egress = (7 << 20) + 1
        let decision = try fixture.plan().decision
        #expect(decision.conflict == [resource.rawValue])
        #expect(decision.explanation.first?.contains("\(left) left") == true, "\(decision.explanation)")
        fixture.stages[1].profiles[1].storage = 40 << 20
        fixture.stages[1].profiles[1].egress = nil
        #expect(try fixture.plan().decision.verdict == .degrade)
    }

    @Test("a limit that holds exactly admits")
    func exact() throws {
        let plan = try limited([(.cost, "0.07")]).plan()
        #expect(plan.decision.verdict == .admit)
        #expect(
            plan.decision.limits == [
                .init(
                    scope: "run", resource: "cost", limit: Amount(decimal: "0.07") ?? .zero, used: .zero,
                    reserved: .zero,
                    asked: Amount(decimal: "0.07") ?? .zero, left: Amount(decimal: "0.07") ?? .zero)
            ])
        #expect(plan.decision.objective == .init(penalty: .zero, cost: Amount(decimal: "0.07") ?? .zero, makespan: 144))
        #expect(plan.decision.gap == 0)
    }

    @Test("a budget that only a worse profile fits degrades and declares the loss")
    func degraded() throws {
        let plan = try limited([(.cost, "0.05")]).plan()
        #expect(plan.decision.verdict == .degrade)
        #expect(plan.stage(named: "train")?.decision?.profile == "small")
        #expect(
            plan.decision.explanation == [
                "train runs as small instead of large: penalty 2",
                "the best profiles need cost 0.07, 0.05 is left: 0.02 short",
            ])
        #expect(plan.stage(named: "train")?.decision?.explanation == plan.decision.explanation)
        #expect(!plan.isDegraded)
    }

    @Test(
        "without degrade only the first profile counts, and the explanation says what would fit",
        arguments: [BudgetPolicy.OnExceed.refuse, .wait])
    func firstProfileOnly(policy: BudgetPolicy.OnExceed) throws {
        let decision = try limited([(.cost, "0.05")], policy).plan().decision
        #expect(decision.verdict == .refuse)
        #expect(decision.explanation.last == "on_exceed: degrade would fit")
    }

    @Test("the wall limit is a deadline on the makespan")
    func wall() throws {
        #expect(try limited([(.wall, "144")]).plan().decision.verdict == .admit)
        let decision = try limited([(.wall, "143")]).plan().decision
        #expect(decision.reason == .deadline)
        #expect(decision.conflict == ["deadline"])
        #expect(decision.fixes == [.init(limit: "deadline", from: Amount(143), to: Amount(144))])
        #expect(decision.explanation.first?.hasPrefix("deadline: at least 2m24s needed, 2m23s left: 1s short") == true)
        let uneven = try limited([(.wall, "143.0005")]).plan().decision
        #expect(uneven.fixes.map(\.to) == [Amount(144)] && uneven.limits.map(\.used) == [.zero])
    }

    @Test("a request above the pool can never fit and the largest that would is named")
    func capacity() throws {
        var fixture = Fixture.learning()
        fixture.pool = ResourceRequest(cpus: Amount(4), memory: 512 << 20)
        let decision = try fixture.plan().decision
        #expect(decision.reason == .capacity)
        #expect(decision.conflict == ["capacity:memory"])
        #expect(
            decision.explanation.first?.hasPrefix("memory: at least 1GiB needed, 512MiB there: 512MiB short")
                == true)
        #expect(decision.limits.map(\.scope) == ["pool"])
    }

    @Test("of a pool no more is named than it has, and what is asked for never less")
    func oddCapacity() throws {
        var fixture = Fixture.learning()
        fixture.pool = ResourceRequest(cpus: Amount(4), memory: (513 << 20) + 600_000)
        let lines = try fixture.plan().decision.explanation
        #expect(
            lines.first?.hasPrefix("memory: at least 1GiB needed, 513.5MiB there: 510.5MiB short") == true, "\(lines)")
        #expect(lines.contains { $0.contains("memory of the pool 513.5MiB → 1GiB") }, "\(lines)")
    }

    @Test("a licence that the pool does not have can never be held")
    func licence() throws {
        var fixture = Fixture.learning()
        fixture.stages[0].profiles[0].profile.request.custom = ["seat": 1]
        #expect(try fixture.plan().decision.conflict == ["capacity:custom.seat"])
        fixture.pool.custom = ["seat": 1]
        #expect(try fixture.plan().decision.verdict == .admit)
    }

    @Test("max_parallel holds back the instances of a matrix")
    func maxParallel() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].matrix = .init(axes: [.init(name: "m", values: (0..<4).map { .integer($0) })], maxParallel: 1)
        fixture.stages[1].profiles = [Fixture.profile()]
        let starts = try fixture.plan().stages.filter { $0.definition.name == "train" }.compactMap(\.start)
        #expect(starts.sorted() == [36, 72, 108, 144])
    }

    @Test("cached and skipped stages are free")
    func free() throws {
        var fixture = limited([(.cost, "0.07")])
        try fixture.run()
        fixture.budget.limits[0].amount = Amount(decimal: "0.06") ?? .zero
        fixture.params["lr"] = .number(0.3)
        #expect(try fixture.plan().decision.objective?.cost == Amount(decimal: "0.06"))
        fixture.params["lr"] = .number(0.1)
        fixture.budget.limits[0].amount = .zero
        #expect(try fixture.plan().decision.verdict == .admit)
    }

    @Test("a deploy refuses a degraded run unless it allows one or its condition takes it out")
    func degradedDeploy() throws {
        var fixture = limited([(.cost, "0.05")])
        fixture.stages[1].profiles[1].isDegraded = true
        let conditional = try fixture.plan()
        #expect(conditional.isDegraded)
        #expect(conditional.stage(named: "deploy")?.condition == .fails)
        #expect(conditional.stage(named: "deploy")?.chosen == nil)
        fixture.stages[3].condition = nil
        let refused = try fixture.plan().decision
        #expect(refused.verdict == .refuse)
        #expect(
            refused.explanation.last == "only a degraded run fits, and deploy refuses one: allow_degraded would let it")
        fixture.stages[3].allowDegraded = true
        #expect(try fixture.plan().isDegraded)
    }

    @Test("an untrusted reference deploys nothing")
    func untrusted() throws {
        var fixture = Fixture.learning()
        fixture.isTrusted = false
        let decision = try fixture.plan().decision
        #expect(decision.reason == .policy)
        fixture.reference = "refs/heads/exp"
        #expect(try fixture.plan().decision.verdict == .admit)
    }

    private func progress(
        _ ended: Set<Int>, cost: String, running: [Int: RunProgress.Running] = [:], elapsed: Int64 = 0
    ) -> RunProgress {
        RunProgress(
            ended: ended, running: running, used: [.cost: Amount(decimal: cost) ?? .zero], elapsed: .seconds(elapsed))
    }

    @Test("before an attempt the rest must still fit behind it")
    func admission() throws {
        let plan = try limited([(.cost, "0.07")]).plan()
        let asPlanned = RunGate.admission(of: 1, in: plan, progress: progress([0], cost: "0.01"))
        #expect(asPlanned.decision.verdict == .admit)
        #expect(asPlanned.profile == 0)
        #expect(asPlanned.decision.limits.map(\.asked) == [Amount(decimal: "0.06")])
        let dearer = RunGate.admission(of: 1, in: plan, progress: progress([0], cost: "0.02"))
        #expect(dearer.decision.verdict == .degrade)
        #expect(dearer.profile == 1)
        #expect(
            dearer.decision.explanation == [
                "train runs as small instead of large: penalty 2",
                "the best profiles need cost 0.06, 0.05 is left: 0.01 short",
            ])
        let tooDear = RunGate.admission(of: 1, in: plan, progress: progress([0], cost: "0.05"))
        #expect(tooDear.decision.verdict == .refuse)
        #expect(tooDear.profile == nil)
        #expect(
            tooDear.decision.fixes == [
                .init(limit: "cost", from: Amount(decimal: "0.07") ?? .zero, to: Amount(decimal: "0.08"))
            ])
    }

    @Test("what is reserved for running attempts makes others wait")
    func waiting() throws {
        var fixture = limited([(.cost, "0.06")])
        fixture.stages = [
            Fixture.stage("a", run: "1", profiles: [Fixture.profile(price: "4")]),
            Fixture.stage("b", run: "2", profiles: [Fixture.profile(price: "2")]),
        ]
        let plan = try fixture.plan()
        #expect(plan.decision.verdict == .admit)
        let long = [0: RunProgress.Running(profile: 0, elapsed: .seconds(40))]
        let waits = RunGate.admission(of: 1, in: plan, progress: progress([], cost: "0", running: long))
        #expect(waits.decision.verdict == .wait)
        #expect(waits.decision.explanation.first == "waits for what is reserved for a")
        let short = [0: RunProgress.Running(profile: 0, elapsed: .seconds(30))]
        #expect(RunGate.admission(of: 1, in: plan, progress: progress([], cost: "0", running: short)).profile == 0)
    }

    @Test("what is left of an attempt in a queue is its whole time, but for what was expected of the queue")
    func queue() throws {
        var profile = try #require(try limited([]).plan().stages.first?.profiles.first)
        profile.estimate.duration = .seconds(100)
        profile.queueWait = .seconds(60)
        func left(_ elapsed: Int64, queued: Int64?) -> Int {
            RunSchedule.remaining(
                profile, .init(profile: 0, elapsed: .seconds(elapsed), queued: queued.map { .seconds($0) }))
        }
        #expect(RunSchedule.remaining(profile) == 160_000)
        #expect(left(0, queued: 20) == 140_000 && left(0, queued: 600) == 100_000)
        #expect(left(0, queued: nil) == 100_000 && left(30, queued: nil) == 70_000)
    }

    @Test("the deadline counts what has passed")
    func elapsed() throws {
        let plan = try limited([(.wall, "150")]).plan()
        #expect(RunGate.admission(of: 1, in: plan, progress: progress([0], cost: "0", elapsed: 42)).profile == 0)
        let late = RunGate.admission(of: 1, in: plan, progress: progress([0], cost: "0", elapsed: 43))
        #expect(late.decision.reason == .deadline)
        #expect(late.decision.fixes.map(\.to) == [Amount(151)])
        let over = RunGate.admission(of: 1, in: plan, progress: progress([0], cost: "0", elapsed: 200))
        #expect(over.decision.fixes.map(\.to) == [Amount(308)])
        #expect(over.decision.limits.map(\.used) == [Amount(200)] && over.decision.limits.map(\.left) == [Amount(-50)])
    }

    @Test("a stage whose cache entry is gone is charged as any other")
    func goneEntry() throws {
        var fixture = limited([(.cost, "0.07")])
        try fixture.run()
        let plan = try fixture.plan()
        #expect(RunGate.admission(of: 0, in: plan, progress: RunProgress()).profile == 0)
    }

    @Test("sizes beyond 64 bits are named as they are")
    func hugeSizes() throws {
        var fixture = limited([(.egress, "1")])
        for index in fixture.stages.indices {
            for profile in fixture.stages[index].profiles.indices {
                fixture.stages[index].profiles[profile].egress = 8_388_607 << 40
            }
        }
        let decision = try fixture.plan().decision
        let count = fixture.stages.count
        #expect(
            decision.explanation.first?.hasPrefix("egress: at least \(8_388_607 * count)TiB needed, 1B left") == true,
            "\(decision.explanation)")
    }

    @Test("amounts beyond 64 bits are rounded against the run, never a crash")
    func huge() throws {
        var fixture = limited([(.cost, "900000000000000000")])
        for index in fixture.stages.indices {
            fixture.stages[index].profiles = [
                Fixture.profile(price: "99999999999999999.000000001", estimate: 86_400 * 365)
            ]
        }
        #expect(try fixture.plan().decision.verdict == .refuse)
        let dearest = fixture.stages.map { stage in
            var stage = stage
            stage.profiles = [Fixture.profile(price: "999999999999999999.999999999", estimate: 86_400 * 36_500)]
            return stage
        }
        var longest = fixture
        longest.stages = dearest
        #expect(try longest.plan().decision.verdict == .refuse)
        fixture.budget.limits[0].amount = Amount(decimal: "999999999999999999") ?? .zero
        for index in fixture.stages.indices { fixture.stages[index].profiles[0].estimate = .milliseconds(1) }
        #expect(try fixture.plan().decision.verdict == .admit)
    }
}
