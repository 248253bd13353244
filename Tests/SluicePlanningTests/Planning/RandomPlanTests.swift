import SluiceModel
import SluicePlanning
import SluiceTesting
import Testing

/// Properties of plans of random pipelines; a failure names its seed.
@Suite("Random plans")
struct RandomPlanTests {
    /// A random acyclic pipeline whose stages stand in random order.
    static func fixture(seed: UInt64, count: Int = 14) -> Fixture {
        var random = SplitMix(seed: seed)
        var fixture = Fixture(stages: [])
        for index in 0..<count {
            var stage = Fixture.stage("s\(index)", run: "run \(index)", outputs: ["out"])
            stage.sources = []
            for earlier in 0..<index where Int.random(in: 0..<4, using: &random) == 0 {
                if Bool.random(using: &random) {
                    stage.inputs.append(
                        .init(
                            name: "i\(earlier)",
                            source: Located(.output(stage: "s\(earlier)", output: "out"), at: Fixture.place)))
                } else {
                    stage.needs.append(Located("s\(earlier)", at: Fixture.place))
                }
            }
            if Int.random(in: 0..<5, using: &random) == 0 {
                let values = (0..<Int.random(in: 1..<4, using: &random)).map { JSONValue.integer(Int64($0)) }
                stage.matrix = .init(axes: [.init(name: "m", values: values)], maxParallel: 2)
                stage.action.value = .run("run \(index) ${matrix.m}")
            }
            if Int.random(in: 0..<6, using: &random) == 0 {
                stage.condition = Located("params.lr > 1", at: Fixture.place)
            }
            stage.profiles = (0..<Int.random(in: 1..<4, using: &random)).map { rank in
                Fixture.profile(
                    "p\(rank)", cpus: Int64.random(in: 1..<4, using: &random),
                    price: "\(Int.random(in: 0..<9, using: &random)).\(Int.random(in: 0..<100, using: &random))",
                    estimate: Int64.random(in: 1..<90, using: &random), penalty: Int64(rank))
            }
            fixture.stages.append(stage)
        }
        fixture.stages.shuffle(using: &random)
        return fixture
    }

    @Test("every stage follows what it needs, and instances stand together", arguments: 0..<60 as Range<UInt64>)
    func order(seed: UInt64) throws {
        let plan = try Self.fixture(seed: seed).plan()
        var seen: Set<String> = []
        for stage in plan.stages {
            #expect(stage.needs.allSatisfy(seen.contains), "seed \(seed), \(stage.name)")
            #expect(Set(stage.needs).count == stage.needs.count)
            seen.insert(stage.name)
        }
        let again = try Self.fixture(seed: seed).plan()
        #expect(plan == again, "seed \(seed)")
    }

    @Test(
        "what ran once is cached, and a changed script reruns what depends on its data and nothing else",
        arguments: 0..<40 as Range<UInt64>)
    func rerun(seed: UInt64) throws {
        var fixture = Self.fixture(seed: seed)
        try fixture.run()
        #expect(try fixture.run(run: 2).ran.isEmpty, "seed \(seed)")
        let changed = fixture.stages[Int(seed) % fixture.stages.count].name
        let before = try fixture.plan()
        var dirty: Set<String> = [changed]
        for stage in before.stages where stage.inputs.contains(where: { Self.reads($0, dirty) }) {
            dirty.insert(stage.definition.name)
        }
        let expected = before.stages.filter { dirty.contains($0.definition.name) && $0.condition == .holds }.map(\.name)
        let index = try #require(fixture.stages.firstIndex { $0.name == changed })
        fixture.stages[index].action.value = .run(
            fixture.stages[index].matrix == nil ? "changed" : "changed ${matrix.m}")
        #expect(try fixture.run(run: 3).ran == expected, "seed \(seed)")
    }

    private static func reads(_ input: Plan.Input, _ stages: Set<String>) -> Bool {
        guard case .outputs(let references) = input.source else { return false }
        return references.contains { stages.contains(String($0.stage.prefix { $0 != "[" })) }
    }

    @Test("no admitted plan is over a limit, by own arithmetic", arguments: 0..<120 as Range<UInt64>)
    func limits(seed: UInt64) throws {
        var fixture = Self.fixture(seed: seed, count: 9)
        var random = SplitMix(seed: seed &+ 1000)
        let cost = Amount(billionths: Int128.random(in: 0..<600_000_000, using: &random))
        let wall = Amount(Int64.random(in: 30..<700, using: &random))
        fixture.budget = BudgetPolicy(limits: [
            .init(resource: .cost, amount: cost), .init(resource: .wall, amount: wall),
        ])
        let plan = try fixture.plan()
        guard plan.decision.isAdmitted else {
            #expect(!plan.decision.conflict.isEmpty, "seed \(seed)")
            #expect(plan.stages.allSatisfy { $0.chosen == nil })
            return try checkFixes(plan, fixture, seed: seed)
        }
        let running = plan.stages.compactMap {
            stage -> (stage: Plan.Stage, profile: Plan.PricedProfile, start: Double)? in
            guard let chosen = stage.chosen, let start = stage.start else { return nil }
            return (stage, stage.profiles[chosen], start)
        }
        #expect(running.count == plan.stages.count { $0.condition != .fails })
        let spent = running.reduce(Amount.zero) { $0 + ($1.profile.use[.cost] ?? .zero) }
        #expect(spent <= cost, "seed \(seed)")
        var ends: [String: Double] = [:]
        for entry in running { ends[entry.stage.name] = entry.start + entry.profile.estimate.duration.inSeconds }
        #expect(ends.values.allSatisfy { $0 <= wall.doubleValue }, "seed \(seed)")
        for entry in running {
            #expect(entry.stage.needs.allSatisfy { ends[$0] ?? 0 <= entry.start }, "seed \(seed)")
            let now = running.filter { $0.start <= entry.start && ends[$0.stage.name] ?? 0 > entry.start }
            #expect(now.reduce(Amount.zero) { $0 + $1.profile.request.cpus } <= plan.pool.cpus, "seed \(seed)")
            let siblings = now.count { $0.stage.definition.name == entry.stage.definition.name }
            #expect(entry.stage.definition.matrix == nil || siblings <= 2, "seed \(seed)")
        }
    }

    /// A fix that is named must be enough.
    private func checkFixes(_ plan: Plan, _ fixture: Fixture, seed: UInt64) throws {
        for fix in plan.decision.fixes {
            guard let to = fix.to, !fix.limit.hasPrefix("capacity:") else { continue }
            var mended = fixture
            let index = fix.limit == "deadline" ? 1 : 0
            mended.budget.limits[index].amount = to
            #expect(try mended.plan().decision.isAdmitted, "seed \(seed): \(fix)")
        }
    }

    @Test("a thousand stages in chains and fans are planned, and bound again one by one")
    func thousand() throws {
        var fixture = Self.fixture(seed: 3, count: 4)
        fixture.stages = (0..<1000).map { index in
            var stage = Fixture.stage(
                "s\(index)", run: "run \(index) ${params.lr} ${outputs.out}",
                inputs: index % 10 == 0 ? [] : [("i", .output(stage: "s\(index - 1)", output: "out"))],
                outputs: ["out"],
                profiles: [Fixture.profile("a", cpus: 2, price: "2"), Fixture.profile("b", price: "1", penalty: 1)])
            stage.sources = []
            return stage
        }
        fixture.budget = BudgetPolicy(limits: [.init(resource: .cost, amount: Amount(15))])
        let plan = try fixture.plan()
        #expect(plan.decision.verdict == .degrade)
        #expect(try fixture.run().ran.count == 1000)
        #expect(try fixture.plan().decision.verdict == .admit)
    }
}
