import SluiceModel

extension ParameterSchema {
    /// Everything about a value that breaks the schema, in a fixed order. Numbers are compared as numbers: 1 and
    /// 1.0 are equal, and both are integers.
    package func violations(of value: JSONValue) -> [SchemaViolation] {
        var checker = SchemaChecker(skipsTemplates: false)
        checker.check(value, self, at: [])
        return checker.violations
    }

    /// As `violations(of:)`, but strings with a `$`, whose values are known later, are left alone.
    func literalViolations(of value: JSONValue) -> [SchemaViolation] {
        var checker = SchemaChecker(skipsTemplates: true)
        checker.check(value, self, at: [])
        return checker.violations
    }

    /// The value with the defaults of properties that it leaves out.
    package func applyingDefaults(to value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(defaults(over: members))
        case .array(let items): node.items.map { schema in .array(items.map(schema.applyingDefaults)) } ?? value
        default: value
        }
    }

    private func defaults(over members: [String: JSONValue]) -> [String: JSONValue] {
        var result = members
        for (name, schema) in node.properties {
            if let member = members[name] {
                result[name] = schema.applyingDefaults(to: member)
            } else if let value = schema.node.defaultValue {
                result[name] = schema.applyingDefaults(to: value)
            }
        }
        return result
    }
}

/// Walks a value and its schema side by side.
private struct SchemaChecker {
    let skipsTemplates: Bool
    var violations: [SchemaViolation] = []

    mutating func check(_ value: JSONValue, _ schema: ParameterSchema, at steps: [String]) {
        if skipsTemplates, case .string(let text) = value, text.utf8.contains(UInt8(ascii: "$")) { return }
        let node = schema.node
        guard node.types.isEmpty || node.types.contains(where: { Self.fits(value, $0) }) else {
            let wanted = node.types.sorted().joined(separator: " or ")
            return report(steps, "should be \(Self.article(wanted)), this is \(Self.article(value.typeName))")
        }
        checkChoice(value, node, at: steps)
        switch value {
        case .integer, .number: checkNumber(value.doubleValue ?? 0, node, at: steps)
        case .string(let text): checkString(text, node, at: steps)
        case .array(let items): checkArray(items, node, at: steps)
        case .object(let members): checkObject(members, node, at: steps)
        case .null, .bool: break
        }
    }

    private mutating func report(_ steps: [String], _ message: String, hint: String? = nil) {
        violations.append(SchemaViolation(steps, message, hint: hint))
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.integer, "number"): true
        case (.number(let number), "integer"): number == number.rounded()
        default: value.typeName == type
        }
    }

    private static func article(_ type: String) -> String {
        let isVowel = "aeio".contains(type.first ?? "b")
        return type == "null" ? type : (isVowel ? "an " : "a ") + type
    }

    private mutating func checkChoice(_ value: JSONValue, _ node: ParameterSchema.Node, at steps: [String]) {
        if skipsTemplates, value.holdsTemplate { return }
        let text = value.canonicalText
        if let allowed = node.allowed, !allowed.contains(where: { $0.canonicalText == text }) {
            let words = allowed.map(\.plainText)
            report(
                steps, "cannot be `\(value.plainText)`",
                hint: NearestName.hint(for: value.plainText, of: words, kind: "one of"))
        }
        if let constant = node.constant, constant.canonicalText != text {
            report(steps, "should be `\(constant.plainText)`")
        }
        guard !node.oneOf.isEmpty else { return }
        let matching = node.oneOf.filter { schema in
            var checker = SchemaChecker(skipsTemplates: skipsTemplates)
            checker.check(value, schema, at: steps)
            return checker.violations.isEmpty
        }
        if matching.isEmpty { report(steps, "fits none of the \(node.oneOf.count) forms that are allowed") }
        if matching.count > 1 { report(steps, "fits \(matching.count) forms where it should fit one") }
    }

    private mutating func checkNumber(_ value: Double, _ node: ParameterSchema.Node, at steps: [String]) {
        if let limit = node.minimum, value < limit { report(steps, "should be at least \(Self.text(limit))") }
        if let limit = node.maximum, value > limit { report(steps, "should be at most \(Self.text(limit))") }
        if let limit = node.exclusiveMinimum, value <= limit {
            report(steps, "should be more than \(Self.text(limit))")
        }
        if let limit = node.exclusiveMaximum, value >= limit {
            report(steps, "should be less than \(Self.text(limit))")
        }
    }

    private static func text(_ number: Double) -> String { JSONValue.number(number).canonicalText }

    private mutating func checkString(_ text: String, _ node: ParameterSchema.Node, at steps: [String]) {
        let length = text.unicodeScalars.count
        if let limit = node.minLength, length < limit { report(steps, "should have at least \(limit) characters") }
        if let limit = node.maxLength, length > limit { report(steps, "should have at most \(limit) characters") }
        if let pattern = node.pattern, (try? LinearPattern(pattern))?.isFound(in: text) == false {
            report(steps, "`\(text.prefix(80))` does not match the pattern `\(pattern)`")
        }
    }

    private mutating func checkArray(_ items: [JSONValue], _ node: ParameterSchema.Node, at steps: [String]) {
        if let limit = node.minItems, items.count < limit { report(steps, "should have at least \(limit) members") }
        if let limit = node.maxItems, items.count > limit { report(steps, "should have at most \(limit) members") }
        guard let schema = node.items else { return }
        for (index, item) in items.enumerated() { check(item, schema, at: steps + [String(index)]) }
    }

    private mutating func checkObject(
        _ members: [String: JSONValue], _ node: ParameterSchema.Node, at steps: [String]
    ) {
        for name in node.required where members[name] == nil && node.properties[name]?.node.defaultValue == nil {
            report(steps, "needs `\(name)`", hint: node.properties[name]?.node.description)
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if let schema = node.properties[name] {
                check(value, schema, at: steps + [name])
            } else {
                checkAdditional(name, value, node, at: steps)
            }
        }
    }

    private mutating func checkAdditional(
        _ name: String, _ value: JSONValue, _ node: ParameterSchema.Node, at steps: [String]
    ) {
        switch node.additionalProperties {
        case .allowed: break
        case .schema(let schema): check(value, schema, at: steps + [name])
        case .forbidden:
            let hint = NearestName.hint(for: name, of: Array(node.properties.keys), kind: "params")
            violations.append(
                SchemaViolation(steps + [name], "unknown param `\(name)`", hint: hint, isUnknownKey: true))
        }
    }
}

extension JSONValue {
    /// Whether a string in it may be interpolated.
    var holdsTemplate: Bool {
        switch self {
        case .string(let text): text.utf8.contains(UInt8(ascii: "$"))
        case .array(let items): items.contains(where: \.holdsTemplate)
        case .object(let members): members.values.contains(where: \.holdsTemplate)
        default: false
        }
    }
}
