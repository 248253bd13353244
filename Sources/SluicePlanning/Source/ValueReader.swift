import SluiceModel

/// Reads single values and reports those that are not what they should be.
struct ValueReader {
    let findings: Findings
    private var domain: String { findings.domain }

    init(findings: Findings) { self.findings = findings }

    func wrongType(_ what: String, _ wanted: String, _ node: YAMLNode) -> Finding {
        ValueFindings.wrongType(what, wanted: wanted, found: node.typeName, in: domain)
    }

    func string(_ node: YAMLNode, _ what: String, wanted: String = "a string") -> String? {
        guard case .string(let text)? = node.scalar else {
            let hint = node.text.flatMap { $0.isEmpty ? nil : "quote it: \"\($0)\"" }
            var finding = wrongType(what, wanted, node)
            finding.hint = hint
            findings.add(finding, at: node)
            return nil
        }
        guard !text.utf8.contains(0) else {
            findings.add(ValueFindings.nul(what, in: domain), at: node)
            return nil
        }
        return text
    }

    func boolean(_ node: YAMLNode, _ what: String) -> Bool? {
        if case .bool(let value)? = node.scalar { return value }
        var finding = wrongType(what, "true or false", node)
        if let text = node.text, CoreSchema.isOldBoolean(text) {
            finding.hint = "`\(text)` is a string in YAML 1.2: write `true` or `false`"
        }
        findings.add(finding, at: node)
        return nil
    }

    func integer(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int64>) -> Int64? {
        guard case .integer(let value)? = node.scalar else {
            var finding = wrongType(what, "a whole number", node)
            if case .number? = node.scalar { finding = ValueFindings.fraction(what, node.text ?? "", in: domain) }
            findings.add(finding, at: node)
            return nil
        }
        guard range.contains(value) else {
            findings.add(ValueFindings.outOfRange(what, range, in: domain), at: node)
            return nil
        }
        return value
    }

    /// An exact decimal that is not negative.
    func amount(_ node: YAMLNode, _ what: String, allowsNegative: Bool = false) -> Amount? {
        guard node.scalar?.doubleValue != nil, let text = node.text else {
            findings.add(wrongType(what, "a number", node), at: node)
            return nil
        }
        guard let amount = Amount(decimal: text), allowsNegative || amount >= .zero else {
            findings.add(ValueFindings.badAmount(what, text, in: domain), at: node)
            return nil
        }
        return amount
    }

    func duration(_ node: YAMLNode, _ what: String) -> Duration? {
        if let text = node.text, let duration = Units.duration(text) { return duration }
        findings.add(
            unit(node, what, kind: "a duration", example: "`90s`, `1h30m`, `500ms`, `2d`", suffix: "s"), at: node)
        return nil
    }

    func size(_ node: YAMLNode, _ what: String, suffix: String = "") -> Int64? {
        if let text = node.text, text.hasSuffix(suffix), let size = Units.size(text.dropLast(suffix.count)) {
            return size
        }
        let kind = suffix.isEmpty ? "a size" : "a rate"
        let example = suffix.isEmpty ? "`512MiB`, `2GB`, `100KiB`" : "`10MiB/s`"
        findings.add(unit(node, what, kind: kind, example: example, suffix: "MiB" + suffix), at: node)
        return nil
    }

    private func unit(_ node: YAMLNode, _ what: String, kind: String, example: String, suffix: String) -> Finding {
        guard let text = node.text, !text.isEmpty else {
            var finding = wrongType(what, kind, node)
            finding.hint = "for example \(example)"
            return finding
        }
        let lacksUnit = node.scalar?.doubleValue != nil
        return ValueFindings.badUnit(
            what, text, kind: kind, example: example, guess: lacksUnit ? text + suffix : nil, in: domain)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ node: YAMLNode, _ what: String, _ type: Choice.Type)
        -> Choice? where Choice.RawValue == String
    {
        guard let text = string(node, what) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        findings.add(
            ValueFindings.unknownWord(text, what, words: Choice.allCases.map(\.rawValue), in: domain), at: node)
        return nil
    }

    /// Whether a name of the user's has the form that all names have.
    func isName(_ name: String, at location: SourceLocation, kind: String) -> Bool {
        if Names.isName(name) { return true }
        findings.add(ValueFindings.badName(name, kind: kind, in: domain), at: location)
        return false
    }
}
