import SluiceModel
import Testing

@testable import SluicePlanning

@Suite("Plans")
struct PlannerTests {
    @Test("a first run plans everything and says what each stage waits for")
    func firstRun() throws {
        #expect(
            try Fixture.learning().plan().dump == """
                admit
                prepare: miss (first run) holds small @0.0
                train: miss (needs prepare, which runs) holds large @36.0
                evaluate: miss (needs train, which runs) holds small @72.0
                deploy: off (nothing is deployed yet) holds small @108.0
                """)
    }

    @Test("an unchanged commit runs nothing")
    func unchanged() throws {
        var fixture = Fixture.learning()
        #expect(try fixture.run().ran == ["prepare", "train", "evaluate", "deploy"])
        #expect(
            try fixture.plan().dump == """
                admit
                prepare: hit (same inputs as in run 1) holds -
                train: hit (same inputs as in run 1) holds -
                evaluate: hit (same inputs as in run 1) holds -
                deploy: hit (already deployed) holds -
                nothing to run: it is all there
                """)
        #expect(try fixture.run(run: 2).ran.isEmpty)
    }

    @Test("a changed learning parameter reruns train, evaluate and deploy only, and says why")
    func learningParameter() throws {
        var fixture = Fixture.learning()
        try fixture.run()
        fixture.params["lr"] = .number(0.3)
        #expect(
            try fixture.plan().dump == """
                admit
                prepare: hit (same inputs as in run 1) holds -
                train: miss (params.lr changed 0.1 → 0.3) holds large @0.0
                evaluate: miss (needs train, which runs) holds small @36.0
                deploy: off (needs evaluate, which runs) holds small @72.0
                """)
        #expect(try fixture.run(run: 2).ran == ["train", "evaluate", "deploy"])
    }

    @Test("a miss names the ingredient that changed")
    func reasons() throws {
        func reason(of stage: String = "prepare", _ change: (inout Fixture) -> Void) throws -> String? {
            var fixture = Fixture.learning()
            try fixture.run()
            change(&fixture)
            return try fixture.plan().stage(named: stage)?.cache.reason
        }
        #expect(try reason { $0.files["prepare.py"] = "print(2)" } == "prepare.py changed")
        #expect(try reason { $0.files["new.py"] = "" } == "new.py is new")
        #expect(try reason { $0.files["prepare.py"] = nil } == "prepare.py is gone")
        #expect(try reason { $0.files["data/x.csv"] = "9" } == "input raw changed")
        #expect(try reason { $0.params["seed"] = .integer(8) } == "params.seed changed 7 → 8")
        #expect(try reason { $0.stages[0].env["MODE"] = "fast" } == "env.MODE is new (fast)")
        #expect(try reason { $0.stages[0].action.value = .run("true") } == "its script changed, params.seed is gone")
        #expect(
            try reason(of: "train") {
                $0.plugins["train"] = Fixture.plugin(
                    "train-sklearn", digest: "2", outputs: ["model"], wantsPython: true)
            } == "plugin train-sklearn changed")
        #expect(try reason(of: "train") { $0.lock = nil } == "python environment not built yet")
        #expect(try reason(of: "train") { $0.lock = "lock-2" } == "python environment changed")
        #expect(try reason { $0.cache.entries = [:] } == "its entry is gone or not for this reference")
        #expect(
            try reason { fixture in
                fixture.stages[0].cache = .maxAge(.seconds(60))
                fixture.now = Timestamp(milliseconds: 1_060_001)
            } == "entry is older than 1m")
        #expect(
            try reason { fixture in
                fixture.gone = Set(fixture.cache.entries.values.flatMap { $0.artifacts.map(\.digest) })
            } == "its artifacts are gone")
        #expect(try reason { $0.stages[0].cache = .off } == "cache: false")
    }

    @Test("what is not an ingredient changes no key")
    func noIngredient() throws {
        var fixture = Fixture.learning()
        try fixture.run()
        fixture.files["README.md"] = "changed"
        fixture.files["pipelines/p.yaml"] = "changed"
        fixture.stages[1].timeout = .seconds(5)
        fixture.stages[1].profiles[0].profile.request.cpus = Amount(3)
        fixture.commit = "d"
        #expect(try fixture.plan().stages.map(\.cache.state) == [.hit, .hit, .hit, .hit])
    }

    @Test("a run stage without sources sees the whole commit but definitions, and the plan suggests sources")
    func wideSources() throws {
        var fixture = Fixture.learning()
        fixture.stages[0].sources = nil
        try fixture.run()
        fixture.files["pipelines/p.yaml"] = "changed"
        fixture.files["plugins/a/b"] = "changed"
        #expect(try fixture.plan().stages[0].cache.state == .hit)
        fixture.files["README.md"] = "new"
        let plan = try fixture.plan()
        #expect(plan.stages[0].cache.reason == "README.md is new")
        #expect(plan.diagnostics.map(\.id) == ["pipeline.wide-sources"])
    }

    @Test("an untrusted run reads trusted entries, and a trusted one never reads the reverse")
    func trust() throws {
        var fixture = Fixture.learning()
        fixture.reference = "refs/heads/exp"
        try fixture.run()
        fixture.isTrusted = false
        #expect(try fixture.plan().stages[0].cache.state == .hit)
        var other = Fixture.learning()
        other.reference = "refs/heads/exp"
        other.isTrusted = false
        try other.run()
        other.isTrusted = true
        #expect(try other.plan().stages[0].cache.state == .miss)
    }

    @Test("an older commit than the deployed one is not deployed")
    func ancestor() throws {
        var fixture = Fixture.learning()
        try fixture.run()
        fixture.commit = "older"
        fixture.params["lr"] = .number(0.5)
        fixture.ancestors = [Fixture.oid("older").hex]
        let deploy = try #require(try fixture.plan().stage(named: "deploy"))
        #expect(deploy.cache.state == .hit)
        #expect(deploy.cache.reason?.hasSuffix("is newer") == true)
    }

    @Test("an unsatisfied condition skips the stage and everything that needs its data, not what only comes after")
    func skipping() throws {
        var fixture = Fixture.learning()
        fixture.stages[1].condition = Located("params.lr > 1", at: Fixture.place)
        fixture.stages.append(Fixture.stage("after", run: "true", needs: ["train"]))
        let plan = try fixture.plan()
        #expect(
            plan.stages.map { "\($0.name) \($0.condition)" } == [
                "prepare holds", "train fails", "evaluate fails", "deploy fails", "after holds",
            ])
        #expect(
            plan.stages.map(\.cache.reason) == [
                "first run", "its condition does not hold", "needs train, which is skipped",
                "needs evaluate, which is skipped", "first run",
            ])
        #expect(plan.stages.map { $0.chosen != nil } == [true, false, false, false, true])
    }

    @Test("a condition on a metric is unknown until its stage is cached")
    func metricCondition() throws {
        var fixture = Fixture.learning()
        fixture.stages[3].condition = Located("stages.evaluate.metrics.auc >= 0.9", at: Fixture.place)
        #expect(try fixture.plan().stages[3].condition == .unknown)
        #expect(try fixture.plan().stages[3].chosen != nil)
        try fixture.run(metrics: ["evaluate": ["auc": 0.8]])
        #expect(try fixture.plan().stages[3].condition == .fails)
    }

    @Test("a hit whose condition is not known yet stays free but is looked up again")
    func unknownHit() throws {
        var fixture = Fixture.learning()
        fixture.stages[3].condition = Located("stages.watch.metrics.x > 0", at: Fixture.place)
        fixture.stages.append(Fixture.stage("watch", run: "true"))
        fixture.stages[4].cache = .off
        try fixture.run(metrics: ["watch": ["x": 1]])
        let deploy = try #require(try fixture.plan().stage(named: "deploy"))
        #expect(deploy.cache.state == .miss)
        #expect(deploy.cache.reason == "in the cache, if its condition holds")
        #expect(deploy.chosen == nil)
    }

    @Test("a choice of stages brings what they need and nothing else")
    func selection() throws {
        var fixture = Fixture.learning()
        fixture.options.stages = ["train"]
        #expect(try fixture.plan().stages.map(\.name) == ["prepare", "train"])
    }

    @Test("stages and a profile that are asked for and not there are told all at once, with what is meant")
    func slips() throws {
        func found(_ options: RunOptions) -> [String] {
            var fixture = Fixture.learning()
            fixture.options = options
            guard case .invalid(let found)? = #expect(throws: PlanningError.self, performing: { try fixture.plan() })
            else { return [] }
            return found.map { "\($0.id): \($0.hint ?? "")" }
        }
        #expect(
            found(RunOptions(stages: ["trian", "prepare", "deplyo"])) == [
                "plan.unknown-stage: did you mean `train`?", "plan.unknown-stage: did you mean `deploy`?",
            ])
        #expect(found(RunOptions(profile: "smal")) == ["plan.unknown-profile: did you mean `small`?"])
    }

    @Test("a profile that is asked for is the only one")
    func profile() throws {
        var fixture = Fixture.learning()
        fixture.options.profile = "small"
        let train = try #require(try fixture.plan().stage(named: "train"))
        #expect(train.profiles.map(\.profile.name) == ["small"])
        #expect(train.chosen == 0)
        fixture.options.profile = "smal"
        let error = #expect(throws: PlanningError.self) { try fixture.plan() }
        #expect(
            error?.description.contains("no stage of p has a profile `smal`") == true, "\(error?.description ?? "")"
        )
    }

    @Test("a circle is a diagnostic with its path")
    func circle() {
        var fixture = Fixture.learning()
        fixture.stages[0].needs = [Located("deploy", at: Fixture.place)]
        let error = #expect(throws: PlanningError.self) { try fixture.plan() }
        #expect(error?.description.hasSuffix("circle: prepare → deploy → evaluate → train → prepare") == true)
    }

    @Test("inputs of the commit are files, folders or lists, and what is missing is a diagnostic")
    func inputs() throws {
        func source(_ path: String) throws -> Plan.Input? {
            var fixture = Fixture.learning()
            fixture.files["data/y.csv"] = "3"
            fixture.stages[0].inputs[0].source.value = .path(path)
            return try fixture.plan().stages[0].inputs.first
        }
        func paths(_ input: Plan.Input?) -> [String] {
            guard case .tree(let entries, let base)? = input?.source else { return [] }
            return entries.map(\.path) + ["below \(base)"]
        }
        #expect(try paths(source("data/x.csv")) == ["data/x.csv", "below data/x.csv"])
        #expect(try paths(source("./data/")) == ["data/x.csv", "data/y.csv", "below data"])
        #expect(try paths(source("data/*.csv")) == ["data/x.csv", "data/y.csv", "below "])
        #expect(try source("data/*.csv")?.isMany == true)
        #expect(throws: PlanningError.self) { try source("data/none.csv") }
        #expect(throws: PlanningError.self) { try source("none/*") }
    }

    @Test("price is the operator's or a higher one, and amounts are exact and rounded up")
    func pricing() throws {
        var fixture = Fixture.learning()
        fixture.localPrice = Amount(2)
        let plan = try fixture.plan()
        let small = try #require(plan.stage(named: "prepare")?.profiles.first)
        #expect(small.price == Amount(2))
        #expect(small.use[.cost] == Amount(decimal: "0.02"))
        #expect(small.use[.cpuHours] == Amount(decimal: "0.01"))
        #expect(plan.stage(named: "train")?.profiles[0].use[.cost] == Amount(decimal: "0.04"))
        fixture.stages[0].profiles[0].estimate = nil
        #expect(
            try fixture.plan().stages[0].profiles[0].estimate == Plan.Estimate(duration: .seconds(60), source: .default)
        )
    }

    @Test("a plan as a graph names every stage and edge")
    func dot() throws {
        let dot = PlanDot.render(try Fixture.learning().plan())
        #expect(dot.hasPrefix("digraph \"p\" {\n"))
        #expect(dot.contains("  \"prepare\" -> \"train\";\n"))
        #expect(dot.contains("  \"deploy\" [label=\"deploy\\nsmall, 36s\"];\n"))
    }
}
