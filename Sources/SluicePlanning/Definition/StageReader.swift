import SluiceModel

/// Reads one stage.
struct StageReader {
    static let keys = [
        "uses", "run", "with", "env", "sources", "inputs", "outputs", "metrics", "artifacts", "needs", "after", "if",
        "profile", "profiles", "resources", "estimate", "egress", "storage", "matrix", "select", "timeout", "heartbeat",
        "grace", "retry", "cache", "checks", "executor", "allow_degraded", "stop_when_futile", "seed", "secrets",
        "description",
    ]
    /// Inputs, and likewise needs, of one stage.
    static let maximumEdges = 200
    static let later = ["tune", "approval", "on_failure"]

    let name: String
    let location: SourceLocation
    let map: MapReader
    let findings: Findings
    /// All stages of the pipeline.
    let names: Set<String>
    let defaults: StageDefaults
    let profiles: [Profile]
    var values: ValueReader { ValueReader(findings: findings) }
    var templates: TemplateChecker { TemplateChecker(findings: findings) }
    private var policies: PolicyReader { PolicyReader(findings: findings) }

    init(
        _ entry: YAMLNode.Entry, names: Set<String>, profiles: [Profile], defaults: StageDefaults,
        in findings: Findings
    ) {
        name = entry.key
        location = entry.keyLocation
        self.findings = findings
        self.names = names
        self.defaults = defaults
        self.profiles = profiles
        map = MapReader(entry.value, "stage `\(entry.key)`", keys: Self.keys, later: Self.later, in: findings)
    }

    func stage() -> Pipeline.Stage? {
        guard let action = action() else { return nil }
        var stage = Pipeline.Stage(
            name: name, description: map.string("description"), action: action,
            profiles: StageProfileReader(stage: self).profiles(), location: location)
        readAction(into: &stage)
        readEnds(into: &stage)
        readOrder(into: &stage)
        readPolicies(into: &stage)
        return stage
    }

    private func action() -> Located<Pipeline.Stage.Action>? {
        if map.has("uses"), map.has("run") {
            findings.add(PipelineFindings.usesAndRun(name), at: map.keyLocation("run"))
        }
        if let node = map["uses"] {
            return values.string(node, "`uses`").map { Located(.uses($0), at: node.location) }
        }
        if let node = map["run"] {
            guard let script = values.string(node, "`run`") else { return nil }
            templates.check(script: script, at: node)
            return Located(.run(script), at: node.location)
        }
        if !map.has("uses"), !map.has("run"), map.isMap { findings.add(PipelineFindings.noAction(name), at: location) }
        return nil
    }

    private func readAction(into stage: inout Pipeline.Stage) {
        if let with = map["with"] {
            templates.check(with)
            stage.with = Located(MapReader(named: with, "`with`", in: findings).json, at: with.location)
            if case .run = stage.action.value { findings.add(PipelineFindings.withOfRun, at: map.keyLocation("with")) }
        }
        stage.env = defaults.env.merging(policies.environment(map["env"])) { _, own in own }
        stage.sources = map.globs("sources")
        stage.seed = map.integer("seed", in: 0...4_294_967_295)
    }

    private func readEnds(into stage: inout Pipeline.Stage) {
        let ends = StageEndsReader(stage: self)
        stage.inputs = ends.inputs()
        stage.outputs = ends.outputs()
        stage.metricsPath = ends.path("metrics")
        stage.artifacts = map.globs("artifacts") ?? []
    }

    private func readOrder(into stage: inout Pipeline.Stage) {
        stage.needs = map.located("needs") ?? []
        if stage.needs.count > Self.maximumEdges {
            let finding = PipelineFindings.tooMany("needs", stage.needs.count, limit: Self.maximumEdges)
            findings.add(finding, at: map.keyLocation("needs"))
            stage.needs = []
        }
        stage.after = map.choice("after", Pipeline.Stage.After.self) ?? .success
        stage.condition = condition()
        stage.matrix = map["matrix"].map { MatrixReader(findings: findings).matrix($0) }
        stage.select = map["select"].flatMap { MatrixReader(findings: findings).select($0) }
    }

    /// `if: false` is a boolean to YAML and an expression to us.
    private func condition() -> Located<String>? {
        guard let node = map["if"] else { return nil }
        if case .bool(let value)? = node.scalar { return Located(value ? "true" : "false", at: node.location) }
        guard let text = values.string(node, "`if`", wanted: "an expression") else { return nil }
        templates.check(condition: text, at: node)
        return Located(text, at: node.location)
    }

    private func readPolicies(into stage: inout Pipeline.Stage) {
        stage.timeout = map.duration("timeout") ?? defaults.timeout
        if stage.timeout <= .zero { findings.add(PipelineFindings.zeroTimeout, at: map.keyLocation("timeout")) }
        stage.heartbeat = map.duration("heartbeat")
        stage.grace = map.duration("grace")
        stage.retry = map["retry"].map { policies.retry($0, over: defaults.retry) } ?? defaults.retry
        stage.cache = map["cache"].flatMap(policies.cache) ?? defaults.cache
        stage.checks = CheckReader(findings: findings).checks(map["checks"])
        stage.secrets = map.located("secrets")
        stage.allowDegraded = map.boolean("allow_degraded") ?? false
        stage.stopWhenFutile = map.boolean("stop_when_futile") ?? false
    }
}

extension MapReader {
    /// All entries as they are.
    var json: JSONValue {
        .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { first, _ in first })
    }
}
