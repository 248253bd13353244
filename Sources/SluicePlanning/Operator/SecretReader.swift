import SluiceModel

/// Reads the operator's `secrets`.
struct SecretReader {
    private static let sources = ["file", "env", "command"]
    private static let digestMarks = ["tree:", "sha256:"]

    let findings: Findings

    init(findings: Findings) { self.findings = findings }

    func secrets(_ node: YAMLNode?) -> [String: SecretRule] {
        var rules: [String: SecretRule] = [:]
        for entry in MapReader(named: node, "`secrets`", in: findings).entries {
            guard Names.isVariable(entry.key) else {
                findings.add(OperatorFindings.secretName(entry.key), at: entry.keyLocation)
                continue
            }
            rules[entry.key] = rule(entry)
        }
        return rules
    }

    private func rule(_ entry: YAMLNode.Entry) -> SecretRule? {
        let map = MapReader(
            entry.value, "secret `\(entry.key)`", keys: Self.sources + ["plugins", "version"], in: findings)
        guard map.isMap else { return nil }
        let said = Self.sources.filter(map.has)
        guard said.count == 1 else {
            findings.add(OperatorFindings.secretSource(entry.key, said), at: entry.keyLocation)
            return nil
        }
        guard let source = source(map) else { return nil }
        let granted = map.strings("plugins") ?? []
        let isDigest = { (text: String) in Self.digestMarks.contains { text.hasPrefix($0) } }
        if granted.isEmpty { findings.add(OperatorFindings.secretForNobody(entry.key), at: entry.keyLocation) }
        return SecretRule(
            source: source, plugins: granted.filter { !isDigest($0) }, digests: granted.filter(isDigest),
            version: map["version"]?.text ?? "1")
    }

    private func source(_ map: MapReader) -> SecretRule.Source? {
        if let file = map.string("file") { return .file(file.hasPrefix("/") ? file : folder + "/" + file) }
        if let name = map.string("env") { return .environment(name) }
        guard let words = map.strings("command") else { return nil }
        guard let program = words.first, program.hasPrefix("/") else {
            findings.add(OperatorFindings.secretProgram(words.first ?? ""), at: map.keyLocation("command"))
            return nil
        }
        return .command(words)
    }

    /// That of the configuration.
    private var folder: String {
        let path = findings.source.path
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
