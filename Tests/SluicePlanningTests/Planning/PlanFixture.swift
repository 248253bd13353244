import SluiceModel
import SluicePlanning
import SluiceTesting

/// Results of earlier runs, in memory.
struct MemoryCache: CacheIndex {
    var entries: [Digest: CacheEntry] = [:]
    var latest: [String: CacheEntry] = [:]
    var deploys: [String: DeployRecord] = [:]

    func entry(for key: Digest, trusted: Bool) throws(StoreError) -> CacheEntry? {
        guard let entry = entries[key], !trusted || entry.trusted else { return nil }
        return entry
    }

    func latest(pipeline: String, stage: String, repository: String) throws(StoreError) -> CacheEntry? {
        latest[stage]
    }

    func lastDeploy(
        pipeline: String, stage: String, repository: String, reference: String
    ) throws(StoreError) -> DeployRecord? {
        deploys["\(stage) \(reference)"]
    }
}

/// Environments that are built, or not.
struct FixedEnvironments: EnvironmentProvider {
    var lock: String?

    func identity(of requirements: [UInt8]?, searchPath: String) throws(PluginError) -> EnvironmentIdentity {
        EnvironmentIdentity(key: Fixture.digest("environment"), interpreter: "python3", lock: lock)
    }

    func provide(
        _ identity: EnvironmentIdentity, requirements: [UInt8]?, log: @escaping @Sendable (String) -> Void
    ) throws(PluginError) -> ProvidedEnvironment {
        throw PluginError(.environmentFailed, "a plan builds no environment")
    }

    func copy(_ environment: String, below folder: String) throws(PluginError) -> String {
        throw PluginError(.environmentFailed, "a plan copies no environment")
    }
}

/// A repository, its records and a pipeline, and what a plan of it is made of.
struct Fixture {
    var files = ["data/x.csv": "1,2", "prepare.py": "print(1)", "lib/util.py": "pass", "pipelines/p.yaml": "x"]
    var params: [String: JSONValue] = ["lr": .number(0.1), "seed": .integer(7)]
    var cache = MemoryCache()
    var lock: String? = "lock-1"
    var stages: [Pipeline.Stage]
    var plugins: [String: ResolvedPlugin] = [:]
    var budget = BudgetPolicy()
    var pool = ResourceRequest(cpus: Amount(4), memory: 8 << 30)
    var reference: String? = "refs/heads/main"
    var isTrusted = true
    var options = RunOptions()
    var now = Timestamp(milliseconds: 1_000_000)
    var commit = "c"
    var ancestors: Set<String> = []
    var gone: Set<Digest> = []
    var localPrice: Amount?
    var accounts: [AccountRule] = []
    /// nil: nobody else has used anything.
    var standings: [AccountStanding]?

    static let place = SourceLocation(file: "pipelines/p.yaml", line: 3, column: 5)

    static func digest(_ text: String) -> Digest {
        var random = SplitMix(
            seed: text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
        return Digest(bytes: (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    static func oid(_ text: String) -> ObjectID {
        guard let oid = ObjectID(hex: digest(text).hex.prefix(40)) else { preconditionFailure("40 digits are an oid") }
        return oid
    }

    static func profile(
        _ name: String = "small", cpus: Int64 = 1, price: String = "1", estimate: Int64? = 36, penalty: Int64 = 0,
        with: [String: JSONValue] = [:], isDegraded: Bool = false
    ) -> StageProfile {
        let base = Profile(
            name: name, request: ResourceRequest(cpus: Amount(cpus), memory: 1 << 30), price: Amount(decimal: price))
        return StageProfile(
            name: name, profile: base, with: with, estimate: estimate.map { .seconds($0) }, penalty: Amount(penalty),
            isDegraded: isDegraded)
    }

    static func stage(
        _ name: String, run: String? = nil, with: [String: JSONValue] = [:],
        inputs: [(String, Pipeline.Stage.Source)] = [],
        outputs: [String] = [], needs: [String] = [], profiles: [StageProfile] = [profile()]
    ) -> Pipeline.Stage {
        Pipeline.Stage(
            name: name, action: Located(run.map { .run($0) } ?? .uses(name), at: place),
            with: Located(.object(with), at: place),
            inputs: inputs.map { .init(name: $0.0, source: Located($0.1, at: place)) },
            outputs: outputs.map { .init(name: $0, type: .file) }, needs: needs.map { Located($0, at: place) },
            profiles: profiles, location: place)
    }

    static func plugin(
        _ name: String, digest: String = "1", inputs: [PluginManifest.Input] = [], outputs: [String] = [],
        effects: PluginManifest.Effects = .pure, wantsPython: Bool = false
    ) -> ResolvedPlugin {
        let manifest = PluginManifest(
            name: name, version: "1.0.0", wire: .sluice1, role: effects == .deploy ? .deploy : .other,
            command: ["./main"], wantsPython: wantsPython, inputs: inputs,
            outputs: outputs.map { .init(name: $0, type: .file) }, effects: effects)
        let folder = PluginFolder(
            name: name, origin: .bundled, path: "/plugins/\(name)", digest: "sha256:\(digest)", manifest: [])
        return ResolvedPlugin(manifest: manifest, folder: folder)
    }

    /// prepare (a script) → train (a matrix-free plugin with the learning rate) → evaluate → deploy.
    static func learning() -> Fixture {
        var prepare = stage(
            "prepare", run: "python prepare.py ${inputs.raw} ${outputs.train} ${params.seed}",
            inputs: [("raw", .path("data/x.csv"))], outputs: ["train"])
        prepare.sources = [Glob("*.py")]
        var deploy = stage("deploy", inputs: [("model", .output(stage: "evaluate", output: "model"))])
        deploy.condition = Located("reference == 'refs/heads/main' && !plan.degraded", at: place)
        var fixture = Fixture(stages: [
            prepare,
            stage(
                "train", with: ["lr": .string("${params.lr}")],
                inputs: [("data", .output(stage: "prepare", output: "train"))],
                outputs: ["model"],
                profiles: [profile("large", cpus: 2, price: "4"), profile("small", price: "1", penalty: 2)]),
            stage("evaluate", inputs: [("model", .output(stage: "train", output: "model"))], outputs: ["model"]),
            deploy,
        ])
        fixture.plugins = [
            "train": plugin("train-sklearn", outputs: ["model"], wantsPython: true),
            "evaluate": plugin("evaluate", outputs: ["model"]), "deploy": plugin("deploy-local", effects: .deploy),
        ]
        return fixture
    }

    var linked: LinkedPipeline {
        LinkedPipeline(
            pipeline: Pipeline(name: "p", path: "pipelines/p.yaml", budget: budget, stages: stages), plugins: plugins,
            params: .object(params))
    }

    var context: PlanningContext {
        let (ancestors, gone, standings, now) = (ancestors, gone, standings, now)
        return PlanningContext(
            tree: MemoryTree(files: files), cache: cache, environments: FixedEnvironments(lock: lock),
            configuration: OperatorConfiguration(localPrice: localPrice, accounts: accounts), pool: pool,
            trigger: .manual,
            revision: Revision(
                oid: Self.oid(commit), tree: Self.oid("tree"), committed: now,
                reference: reference.map { Reference($0) },
                isTrusted: isTrusted),
            repository: "/r.git", changed: .everything, options: options, now: now, searchPath: "/usr/bin",
            requirements: { _ in nil },
            standings: { accounts in
                accounts.map { account in
                    standings?.first { $0.account == account } ?? .untouched(account, at: now)
                }
            }, hasArtifact: { !gone.contains($0.digest) },
            isAncestor: { older, _ in ancestors.contains(older.hex) })
    }

    func plan() throws -> Plan { try Planner.plan(linked, in: context) }

    /// The run's only limit, on its cost.
    mutating func limit(_ cost: String) {
        budget.limits = [.init(resource: .cost, amount: Amount(decimal: cost) ?? .zero)]
    }

    /// Does what a run would do: binds every stage that is not cached, invents its results and remembers them.
    @discardableResult
    mutating func run(
        run: Int64 = 1, metrics: [String: [String: Double]] = [:]
    ) throws -> (ran: [String], results: [String: RunEvent.StageEnd]) {
        let plan = try plan()
        var results: [String: RunEvent.StageEnd] = [:]
        var ran: [String] = []
        for stage in plan.stages {
            if Conditions.evaluate(stage, in: plan, results: results) == false || stage.condition == .fails {
                results[stage.name] = RunEvent.StageEnd(outcome: .skipped)
                continue
            }
            let binding = try StageBinding.bind(
                stage, profile: stage.chosen ?? 0, in: plan, results: results,
                environmentLock: stage.plugin?.manifest.wantsPython == true ? lock : nil)
            guard let binding else { preconditionFailure("all needs of \(stage.name) have ended") }
            if let entry = stage.cache.entry ?? cache.entries[binding.key] {
                results[stage.name] = RunEvent.StageEnd(
                    outcome: .cached, metrics: entry.metrics, outputValues: entry.outputValues,
                    artifacts: entry.artifacts)
                continue
            }
            ran.append(stage.name)
            results[stage.name] = remember(stage, binding, run: run, metrics: metrics[stage.name] ?? [:])
        }
        return (ran, results)
    }

    private mutating func remember(
        _ stage: Plan.Stage, _ binding: Binding, run: Int64, metrics: [String: Double]
    ) -> RunEvent.StageEnd {
        let artifacts = stage.outputs.map { output in
            Artifact(
                name: output.name, digest: Self.digest("\(binding.key) \(output.name)"), size: 1, type: output.type,
                isFolder: false)
        }
        let entry = CacheEntry(
            key: binding.key, run: RunID(run), stage: stage.name, created: now, trusted: isTrusted,
            parts: binding.parts,
            metrics: metrics, outputValues: [:], artifacts: artifacts, isDegraded: false)
        if stage.isDeploy {
            cache.deploys["\(stage.name) \(reference ?? "")"] = DeployRecord(
                key: binding.key, run: RunID(run), commit: Self.oid(commit), metrics: metrics, outputValues: [:],
                artifacts: artifacts)
        } else if stage.cachePolicy != .off {
            cache.entries[binding.key] = entry
            cache.latest[stage.name] = entry
        }
        return RunEvent.StageEnd(outcome: .succeeded, metrics: metrics, artifacts: artifacts)
    }
}

extension Plan {
    /// One line a stage: state, reason, profile and start.
    var dump: String {
        let lines = stages.map { stage in
            let profile = stage.chosen.map { stage.profiles[$0].profile.name } ?? "-"
            let start = stage.start.map { " @\($0)" } ?? ""
            return
                "\(stage.name): \(stage.cache.state.rawValue) (\(stage.cache.reason ?? "")) \(stage.condition) \(profile)\(start)"
        }
        return ([decision.verdict.rawValue] + lines + decision.explanation).joined(separator: "\n")
    }
}
