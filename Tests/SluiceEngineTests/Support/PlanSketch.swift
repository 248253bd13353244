import SluiceModel
import SluiceTesting

/// Plans in few words, as the gate would have decided them: everything is admitted unless a test says otherwise.
enum Sketch {
    static let place = SourceLocation(file: "pipelines/p.yaml", line: 1, column: 1)
    static let gibibyte: Int64 = 1 << 30

    static func oid(_ text: String) -> ObjectID {
        guard let oid = ObjectID(hex: StandInDigest.of(text).hex.prefix(40)) else {
            preconditionFailure("40 digits are an oid")
        }
        return oid
    }

    /// One way to run a stage: `seconds` long, for one per hour and core.
    static func profile(
        _ name: String = "small", cpus: Int64 = 1, seconds: Int64 = 60, penalty: Int64 = 0,
        with: [String: JSONValue] = [:], isDegraded: Bool = false
    ) -> Plan.PricedProfile {
        let request = ResourceRequest(cpus: Amount(cpus), memory: gibibyte)
        let base = Profile(name: name, request: request, price: Amount(cpus))
        let duration = Duration.seconds(seconds)
        return Plan.PricedProfile(
            profile: StageProfile(
                name: name, profile: base, with: with, estimate: duration, penalty: Amount(penalty),
                isDegraded: isDegraded),
            request: request, estimate: Plan.Estimate(duration: duration, source: .declared),
            use: AttemptAccount.charges(
                for: Usage(wall: Double(seconds), cpu: Double(seconds * cpus), memoryPeak: gibibyte), request: request,
                price: Amount(cpus)),
            price: Amount(cpus))
    }

    /// A `run` stage whose script is its own name, so that no two have one key by accident.
    static func stage(_ name: String, needs: [String] = [], cpus: Int64 = 1, script: String? = nil) -> Plan.Stage {
        let profile = profile(cpus: cpus)
        let definition = Pipeline.Stage(
            name: String(name.prefix { $0 != "[" }), action: Located(.run(script ?? "echo \(name)"), at: place),
            profiles: [profile.profile],
            retry: RetryPolicy(limit: 0, backoff: RetryPolicy.Backoff(initial: .seconds(10), jitter: false)),
            location: place)
        return Plan.Stage(
            name: name, definition: definition, cells: [], plugin: nil, needs: needs, inputs: [], outputs: [],
            sources: [], condition: .holds, cache: CacheState(state: .miss), profiles: [profile], chosen: 0)
    }

    /// Instances `train[i=0]`, … of one definition.
    static func matrix(
        _ name: String, count: Int, failFast: Bool = true, maxParallel: Int? = nil, needs: [String] = []
    ) -> [Plan.Stage] {
        (0..<count).map { number in
            var stage = stage("\(name)[i=\(number)]", needs: needs)
            stage.cells = [Plan.Cell(axis: "i", value: .integer(Int64(number)))]
            stage.definition.matrix = Pipeline.Stage.Matrix(
                axes: [.init(name: "i", values: (0..<count).map { .integer(Int64($0)) })], maxParallel: maxParallel,
                failFast: failFast)
            return stage
        }
    }

    static func plugin(
        _ name: String, origin: PluginFolder.Origin = .bundled, role: PluginManifest.Role = .other,
        wantsPython: Bool = false, verbs: Set<PluginManifest.Verb> = [.run]
    ) -> ResolvedPlugin {
        let path = origin == .tree ? "plugins/\(name)" : "/\(origin.rawValue)/\(name)"
        return ResolvedPlugin(
            manifest: PluginManifest(
                name: name, version: "1.0.0", wire: .sluice1, role: role, command: ["./main"], verbs: verbs,
                wantsPython: wantsPython),
            folder: PluginFolder(
                name: name, origin: origin, path: path, digest: "sha256:" + String(repeating: "b", count: 64),
                manifest: []))
    }

    static func plan(
        _ stages: [Plan.Stage], cpus: Int64 = 4, limits: [BudgetLimit] = [], decision: GateDecision? = nil
    ) -> Plan {
        Plan(
            pipeline: Pipeline(
                name: "p", path: "pipelines/p.yaml", budget: BudgetPolicy(limits: limits), stages: []),
            revision: Revision(
                oid: oid("commit"), tree: oid("tree"), committed: Timestamp(milliseconds: 0),
                reference: Reference("refs/heads/main"), isTrusted: true),
            repository: "/r.git", trigger: .manual, params: .emptyObject, changed: .everything, stages: stages,
            decision: decision ?? GateDecision(verdict: .admit, method: "sketch"), diagnostics: [], isDegraded: false,
            pool: ResourceRequest(cpus: Amount(cpus), memory: 1024 * gibibyte))
    }

    static func artifact(_ name: String, _ content: String) -> Artifact {
        Artifact(name: name, digest: StandInDigest.of(content), size: 1, type: .file, isFolder: false)
    }

    static func entry(_ key: Digest, stage: String, artifacts: [Artifact] = [], metrics: [String: Double] = [:])
        -> CacheEntry
    {
        CacheEntry(
            key: key, run: RunID(7), stage: stage, created: Timestamp(milliseconds: 0), trusted: true, parts: [],
            metrics: metrics, outputValues: [:], artifacts: artifacts, isDegraded: false)
    }

    static func head() -> RunHead {
        let plan = plan([])
        return RunHead(
            id: RunID(1), pipeline: "p", path: "pipelines/p.yaml",
            repository: Repository(gitDirectory: "/r.git", isBare: true), revision: plan.revision, trigger: .manual,
            queued: Timestamp(milliseconds: 0))
    }
}

extension Plan.Stage {
    func changed(_ change: (inout Plan.Stage) -> Void) -> Plan.Stage {
        var copy = self
        change(&copy)
        return copy
    }

    /// Reads an output of other stages; needs them.
    func reading(_ input: String, of references: [(String, String)]) -> Plan.Stage {
        changed { stage in
            stage.inputs.append(
                Plan.Input(
                    name: input, type: .file, isMany: references.count > 1,
                    source: .outputs(references.map { Plan.OutputReference(stage: $0.0, output: $0.1) })))
            stage.needs += references.map(\.0).filter { !stage.needs.contains($0) }
        }
    }

    /// Reads the best of a matrix.
    func selecting(from matrix: String, count: Int, metric: String = "auc") -> Plan.Stage {
        changed { stage in
            let names = (0..<count).map { "\(matrix)[i=\($0)]" }
            stage.definition.select = .init(
                from: Located(matrix, at: Sketch.place), metric: metric, direction: .maximize)
            stage.inputs.append(
                Plan.Input(
                    name: "best", type: .file, isMany: false,
                    source: .selected(from: names, output: "out", metric: metric, direction: .maximize)))
            stage.needs += names
        }
    }

    func making(_ outputs: String...) -> Plan.Stage {
        changed { $0.outputs = outputs.map { Pipeline.Stage.Output(name: $0, type: .file) } }
    }

    func condition(_ text: String) -> Plan.Stage {
        changed {
            $0.definition.condition = Located(text, at: Sketch.place)
            $0.condition = .unknown
        }
    }

    func retrying(_ limit: Int, classes: [ErrorClass] = [.transient]) -> Plan.Stage {
        changed {
            $0.definition.retry.limit = limit
            $0.definition.retry.classes = classes
        }
    }

    func using(_ plugin: ResolvedPlugin) -> Plan.Stage {
        changed {
            $0.plugin = plugin
            $0.definition.action = Located(.uses(plugin.manifest.name), at: Sketch.place)
        }
    }

    func checking(_ check: Check) -> Plan.Stage { changed { $0.definition.checks.append(check) } }

    func ways(_ profiles: Plan.PricedProfile..., chosen: Int? = 0) -> Plan.Stage {
        changed {
            $0.profiles = profiles
            $0.definition.profiles = profiles.map(\.profile)
            $0.chosen = chosen
        }
    }
}
