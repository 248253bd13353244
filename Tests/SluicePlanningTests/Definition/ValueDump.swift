import SluiceModel

/// A value as indented text with sorted keys, for golden files.
enum ValueDump {
    static func text(_ value: Any, named name: String = "", indent: String = "") -> String {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            return mirror.children.first.map { text($0.value, named: name, indent: indent) } ?? ""
        }
        let label = indent + (name.isEmpty ? "" : name + ": ")
        if let leaf = leaf(value) { return label + leaf + "\n" }
        switch mirror.displayStyle {
        case .dictionary:
            let members = mirror.children.compactMap { child -> (String, Any)? in
                let pair = Array(Mirror(reflecting: child.value).children)
                return pair.count == 2 ? ("\(pair[0].value)", pair[1].value) : nil
            }
            return block(label, members.sorted { $0.0 < $1.0 }, indent)
        case .collection: return block(label, mirror.children.map { ("-", $0.value) }, indent)
        case .enum where mirror.children.isEmpty: return label + "\(value)\n"
        default: return block(label, mirror.children.map { ($0.label ?? "", $0.value) }, indent)
        }
    }

    private static func block(_ label: String, _ members: [(String, Any)], _ indent: String) -> String {
        if members.isEmpty { return "" }
        return label + "\n" + members.map { text($0.1, named: $0.0, indent: indent + "  ") }.joined()
    }

    private static func leaf(_ value: Any) -> String? {
        switch value {
        case let json as JSONValue: json.canonicalText
        case let amount as Amount: "\(amount)"
        case let duration as Duration: "\(duration)"
        case let glob as Glob: glob.pattern
        case let location as SourceLocation: "\(location.line):\(location.column)"
        case let set as Set<String>: set.sorted().joined(separator: ", ")
        case let verbs as Set<PluginManifest.Verb>: verbs.map(\.rawValue).sorted().joined(separator: ", ")
        case let bytes as [UInt8] where !bytes.isEmpty: "\(bytes.count) bytes"
        case let text as String: text.debugDescription
        case is any BinaryInteger, is any BinaryFloatingPoint, is Bool: "\(value)"
        default: nil
        }
    }
}
