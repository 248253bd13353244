import SluiceModel

/// Reads the values of one map by key, and reports every key that nobody knows.
struct MapReader {
    let entries: [YAMLNode.Entry]
    let location: SourceLocation
    let findings: Findings
    let isMap: Bool
    /// What the map is, in messages: "stage `train`".
    let what: String

    /// `keys` are the valid ones; `later` those that a later version will know. A `nil` node or one that is no map
    /// reads as an empty map, with a finding in the second case.
    init(_ node: YAMLNode?, _ what: String, keys: [String], later: [String] = [], in findings: Findings) {
        self.findings = findings
        self.what = what
        isMap = node?.entries != nil
        location = node?.location ?? SourceLocation(file: findings.source.path)
        entries = node.map { Self.entries(of: $0, what, in: findings) } ?? []
        for entry in entries where !keys.contains(entry.key) { report(entry, keys: keys, later: later) }
    }

    /// A map whose keys are names of the user's. One that other tools read as a boolean is worth a warning.
    init(named node: YAMLNode?, _ what: String, in findings: Findings) {
        self.findings = findings
        self.what = what
        isMap = node?.entries != nil
        location = node?.location ?? SourceLocation(file: findings.source.path)
        entries = node.map { Self.entries(of: $0, what, in: findings) } ?? []
        for entry in entries { checkOldBoolean(entry, severity: .warning) }
    }

    private static func entries(of node: YAMLNode, _ what: String, in findings: Findings) -> [YAMLNode.Entry] {
        if let entries = node.entries { return entries }
        findings.add(
            ValueFindings.wrongType(what, wanted: "a map", found: node.typeName, in: findings.domain), at: node)
        return []
    }

    private func report(_ entry: YAMLNode.Entry, keys: [String], later: [String]) {
        if findings.isFull || checkOldBoolean(entry) { return }
        let finding =
            later.contains(entry.key)
            ? ValueFindings.unsupported("`\(entry.key)`", of: what, in: findings.domain)
            : ValueFindings.unknownKey(entry.key, of: what, keys: keys, in: findings.domain)
        findings.add(finding, at: entry.keyLocation)
    }

    @discardableResult
    private func checkOldBoolean(_ entry: YAMLNode.Entry, severity: Diagnostic.Severity = .error) -> Bool {
        guard entry.keyStyle == .plain, CoreSchema.isOldBoolean(entry.key) else { return false }
        var finding = ValueFindings.booleanKey(entry.key, of: what, in: findings.domain)
        finding.severity = severity
        findings.add(finding, at: entry.keyLocation)
        return true
    }

    /// The value of a key; a key without a value is reported.
    subscript(key: String) -> YAMLNode? {
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        guard entry.value.isNull else { return entry.value }
        findings.add(ValueFindings.noValue(key, in: findings.domain), at: entry.keyLocation)
        return nil
    }

    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    func keyLocation(_ key: String) -> SourceLocation {
        entries.first { $0.key == key }?.keyLocation ?? location
    }

    /// The value of a key that has to be there. What is missing points at the map.
    func required(_ key: String, example: String? = nil) -> YAMLNode? {
        if !has(key), isMap {
            findings.add(ValueFindings.missingKey(key, of: what, example: example, in: findings.domain), at: location)
        }
        return self[key]
    }
}
