import SluiceModel

/// Reads a stage's `checks`.
struct CheckReader {
    private static let keys = ["metric", "min", "max", "severity", "on_missing"]
    private static let later = ["baseline", "max_drop", "max_increase", "on_inconclusive"]

    let findings: Findings
    private var values: ValueReader { ValueReader(findings: findings) }

    init(findings: Findings) { self.findings = findings }

    func checks(_ node: YAMLNode?) -> [Check] {
        guard let node else { return [] }
        guard let items = node.items else {
            findings.add(values.wrongType("`checks`", "a list", node), at: node)
            return []
        }
        return items.compactMap(check)
    }

    private func check(_ node: YAMLNode) -> Check? {
        let map = MapReader(node, "a check", keys: Self.keys, later: Self.later, in: findings)
        guard node.entries != nil else { return nil }
        let metric = map.required("metric", example: "metric: auc").flatMap { values.string($0, "`metric`") }
        let (low, high) = (bound("min", map), bound("max", map))
        if !map.has("min"), !map.has("max"), !Self.later.contains(where: map.has) {
            findings.add(PipelineFindings.checkWithoutBound, at: node)
        }
        if let low, let high, low > high { findings.add(PipelineFindings.emptyCheck, at: map.keyLocation("min")) }
        return Check(
            metric: metric ?? "", min: low, max: high, severity: severity(map) ?? .error,
            onMissing: map.choice("on_missing", Check.OnMissing.self) ?? .fail, location: node.location)
    }

    private func bound(_ key: String, _ map: MapReader) -> Amount? {
        map[key].flatMap { values.amount($0, "`\(key)`", allowsNegative: true) }
    }

    private func severity(_ map: MapReader) -> Diagnostic.Severity? {
        guard let node = map["severity"], let word = values.string(node, "`severity`") else { return nil }
        switch word {
        case "error": return .error
        case "warn": return .warning
        default:
            let finding = ValueFindings.unknownWord(word, "`severity`", words: ["error", "warn"], in: findings.domain)
            findings.add(finding, at: node)
            return nil
        }
    }
}
