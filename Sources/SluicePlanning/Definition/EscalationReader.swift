import SluiceModel

/// Reads `escalate`: how much more an attempt gets after one that lacked resources, as factors.
struct EscalationReader {
    static let keys = ["cpus", "memory", "disk"]

    let findings: Findings

    func escalation(_ node: YAMLNode) -> RetryPolicy.Escalation? {
        let map = MapReader(node, "`escalate`", keys: Self.keys, in: findings)
        if map.isMap, map.entries.isEmpty { findings.add(PipelineFindings.emptyEscalation, at: node) }
        return RetryPolicy.Escalation(
            cpus: factor("cpus", of: map), memory: factor("memory", of: map), disk: factor("disk", of: map))
    }

    /// `x2`, `x1.5`: above 1, so that it is more, and at most 100.
    private func factor(_ key: String, of map: MapReader) -> Amount? {
        guard let node = map[key] else { return nil }
        guard let text = node.text else {
            let values = ValueReader(findings: findings)
            findings.add(values.wrongType("`\(key)`", "a factor such as `x2`", node), at: node)
            return nil
        }
        guard text.first == "x", let factor = Amount(decimal: text.dropFirst()) else {
            findings.add(PipelineFindings.escalation(key, text), at: node)
            return nil
        }
        guard factor > Amount(1), factor <= Amount(100) else {
            findings.add(PipelineFindings.escalationRange(key), at: node)
            return nil
        }
        return factor
    }
}
