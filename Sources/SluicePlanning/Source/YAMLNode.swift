import SluiceModel

/// A value of a YAML file with its place. Aliases are resolved, keys are strings, and within the limits.
struct YAMLNode: Sendable {
    enum Style: Sendable { case plain, quoted, block }

    indirect enum Content: Sendable {
        case scalar(String, Style)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var keyStyle: Style
        var keyLocation: SourceLocation
        var value: YAMLNode
    }

    var content: Content
    var location: SourceLocation
    /// Already reported by the reader: nothing more is said of it.
    var isBroken = false

    var entries: [Entry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    var items: [YAMLNode]? {
        guard case .sequence(let items) = content else { return nil }
        return items
    }

    /// The scalar's value after YAML 1.2's core rules; nil for lists and maps.
    var scalar: JSONValue? {
        guard case .scalar(let text, let style) = content else { return nil }
        return style == .plain ? CoreSchema.value(of: text) : .string(text)
    }

    /// The scalar as it is written, whatever type it has: `0.10` stays `0.10`.
    var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    var isNull: Bool { scalar == .null }

    /// The word for its type in messages.
    var typeName: String {
        switch content {
        case .sequence(let items): items.isEmpty ? "an empty list" : "a list"
        case .mapping(let entries): entries.isEmpty ? "an empty map" : "a map"
        case .scalar:
            switch scalar {
            case .null: "nothing"
            case .bool: "a boolean"
            case .integer, .number: "a number"
            default: "a string"
            }
        }
    }

    subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

    /// Follows keys and list positions; the deepest node that is there.
    func nearest(to path: [String]) -> YAMLNode {
        var node = self
        for step in path {
            if let next = node[step] {
                node = next
            } else if let position = Int(step), let items = node.items, items.indices.contains(position) {
                node = items[position]
            } else {
                return node
            }
        }
        return node
    }

    /// Where the key of the last step stands, or the nearest place before.
    func keyLocation(of path: [String]) -> SourceLocation {
        let parent = nearest(to: path.dropLast())
        return parent.entries?.first { $0.key == path.last }?.keyLocation ?? nearest(to: path).location
    }

    /// The whole value.
    var json: JSONValue {
        switch content {
        case .scalar: scalar ?? .null
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let entries): .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { first, _ in first })
        }
    }
}
