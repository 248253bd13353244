import SluiceModel

/// A params schema as rows: one for each param, those within objects and lists with their whole path.
struct ParameterRows {
    struct Row: Equatable {
        var name: String
        var type: String
        var isRequired: Bool
        var defaultValue: JSONValue?
        /// `1 to 50`, `one of a, b`, `matches ^x`.
        var limits: String
        var description: String
    }

    private(set) var rows: [Row] = []

    init(_ schema: ParameterSchema) { addProperties(of: schema.node, below: "") }

    private mutating func addProperties(of node: ParameterSchema.Node, below prefix: String) {
        for (name, schema) in node.properties.sorted(by: { $0.key < $1.key }) {
            add(schema.node, named: prefix + name, isRequired: node.required.contains(name))
        }
        if case .schema(let schema) = node.additionalProperties {
            add(schema.node, named: prefix + "*", isRequired: false)
        }
    }

    private mutating func add(_ node: ParameterSchema.Node, named name: String, isRequired: Bool) {
        rows.append(
            Row(
                name: name, type: Self.type(node), isRequired: isRequired,
                defaultValue: node.defaultValue, limits: Self.limits(node),
                description: node.description ?? ""))
        addProperties(of: node, below: name + ".")
        if let items = node.items?.node, !items.properties.isEmpty { addProperties(of: items, below: name + "[].") }
    }

    private static func type(_ node: ParameterSchema.Node) -> String {
        let own = node.types.sorted().joined(separator: " or ")
        guard let items = node.items?.node else { return own.isEmpty ? "any" : own }
        return (own.isEmpty ? "array" : own) + " of " + type(items)
    }

    private static func limits(_ node: ParameterSchema.Node) -> String {
        var parts: [String] = []
        if let allowed = node.allowed { parts.append("one of " + allowed.map(\.plainText).joined(separator: ", ")) }
        if let constant = node.constant { parts.append("always " + constant.plainText) }
        parts += bounds(node)
        parts += count(node.minLength, node.maxLength, "characters") + count(node.minItems, node.maxItems, "items")
        if let pattern = node.pattern { parts.append("matches " + pattern) }
        if !node.oneOf.isEmpty { parts.append("one of \(node.oneOf.count) forms") }
        if let items = node.items?.node {
            let each = limits(items)
            if !each.isEmpty { parts.append("each " + each) }
        }
        return parts.joined(separator: "; ")
    }

    private static func bounds(_ node: ParameterSchema.Node) -> [String] {
        if let low = node.minimum, let high = node.maximum { return ["\(number(low)) to \(number(high))"] }
        let low = node.minimum.map { "≥ " + number($0) } ?? node.exclusiveMinimum.map { "> " + number($0) }
        let high = node.maximum.map { "≤ " + number($0) } ?? node.exclusiveMaximum.map { "< " + number($0) }
        return [low, high].compactMap(\.self)
    }

    private static func count(_ low: Int?, _ high: Int?, _ what: String) -> [String] {
        switch (low, high) {
        case (nil, nil): []
        case (let low?, nil): ["at least \(low) \(what)"]
        case (nil, let high?): ["at most \(high) \(what)"]
        case (let low?, let high?): ["\(low) to \(high) \(what)"]
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }
}
