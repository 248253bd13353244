import SluiceModel

/// Reads the parts of a stage that `defaults` can say too.
struct PolicyReader {
    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    /// A profile by its name.
    func profile(_ node: YAMLNode, among profiles: [Profile]) -> Profile? {
        guard let name = values.string(node, "the profile", wanted: "a profile's name") else { return nil }
        if let profile = profiles.first(where: { $0.name == name }) { return profile }
        findings.add(PipelineFindings.unknownProfile(name, known: profiles.map(\.name)), at: node)
        return nil
    }

    func environment(_ node: YAMLNode?) -> [String: String] {
        var environment: [String: String] = [:]
        for entry in MapReader(named: node, "`env`", in: findings).entries {
            guard Names.isVariable(entry.key) else {
                findings.add(PipelineFindings.variable(entry.key), at: entry.keyLocation)
                continue
            }
            if PipelineFindings.isReserved(variable: entry.key) {
                findings.add(PipelineFindings.reservedVariable(entry.key), at: entry.keyLocation)
            }
            environment[entry.key] = values.string(entry.value, "`\(entry.key)`")
            TemplateChecker(findings: findings).check(entry.value)
        }
        return environment
    }

    func cache(_ node: YAMLNode) -> CachePolicy? {
        if node.entries != nil {
            let map = MapReader(node, "`cache`", keys: ["max_age"], in: findings)
            guard map.required("max_age", example: "cache: { max_age: 30d }") != nil else { return nil }
            return map.duration("max_age").map(CachePolicy.maxAge)
        }
        guard case .bool(let isOn)? = node.scalar else {
            findings.add(values.wrongType("`cache`", "true, false or `{ max_age: 30d }`", node), at: node)
            return nil
        }
        return isOn ? .on : .off
    }

    func retry(_ node: YAMLNode, over base: RetryPolicy) -> RetryPolicy {
        let map = MapReader(node, "`retry`", keys: ["limit", "classes", "backoff", "escalate"], in: findings)
        var retry = base
        if let limit = map.integer("limit", in: 0...100) { retry.limit = Int(limit) }
        if let classes = map.choices("classes", ErrorClass.self) { retry.classes = classes }
        if let node = map["backoff"] { retry.backoff = backoff(node, over: base.backoff) }
        if let node = map["escalate"] { retry.escalation = EscalationReader(findings: findings).escalation(node) }
        if retry.escalation != nil, !retry.classes.contains(.resource) {
            findings.add(PipelineFindings.idleEscalation, at: map.keyLocation("escalate"))
        }
        return retry
    }

    private func backoff(_ node: YAMLNode, over base: RetryPolicy.Backoff) -> RetryPolicy.Backoff {
        let map = MapReader(node, "`backoff`", keys: ["initial", "factor", "max", "jitter"], in: findings)
        var backoff = base
        if let initial = map.duration("initial") { backoff.initial = initial }
        if let factor = map.amount("factor") {
            if factor < Amount(1) || factor > Amount(100) {
                findings.add(PipelineFindings.factor, at: map.keyLocation("factor"))
            }
            backoff.factor = factor.doubleValue
        }
        if let max = map.duration("max") { backoff.max = max }
        if let jitter = map.boolean("jitter") { backoff.jitter = jitter }
        return backoff
    }
}
