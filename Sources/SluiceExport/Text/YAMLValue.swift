import SluiceModel

/// A YAML document that is to be written: maps keep their order, so that equal pipelines give equal bytes.
package indirect enum YAMLValue: Sendable, Equatable {
    case text(String)
    case number(Int64)
    case truth(Bool)
    case list([YAMLValue])
    case map([Entry])

    package struct Entry: Sendable, Equatable {
        var key: String
        var value: YAMLValue
    }

    /// A map whose entries without a value are left out.
    static func map(_ entries: KeyValuePairs<String, YAMLValue?>) -> YAMLValue {
        .map(entries.compactMap { key, value in value.map { Entry(key: key, value: $0) } })
    }

    static func texts(_ texts: [String]) -> YAMLValue { .list(texts.map { .text($0) }) }
}

/// Writes YAML that every reader takes for the same: block style, and strings in double quotes as JSON has them unless
/// they are a plain word.
enum YAMLText {
    static func document(_ value: YAMLValue) -> String { lines(value).joined(separator: "\n") + "\n" }

    private static func lines(_ value: YAMLValue) -> [String] {
        switch value {
        case .list(let items) where !items.isEmpty: items.flatMap { hung(lines($0), on: "- ") }
        case .map(let entries) where !entries.isEmpty: entries.flatMap(lines)
        default: [scalar(value)]
        }
    }

    private static func lines(_ entry: YAMLValue.Entry) -> [String] {
        let key = text(entry.key) + ":"
        switch entry.value {
        case .map(let entries) where !entries.isEmpty: return [key] + lines(entry.value).map { "  " + $0 }
        case .list(let items) where !items.isEmpty: return [key] + lines(entry.value).map { "  " + $0 }
        default: return [key + " " + scalar(entry.value)]
        }
    }

    private static func hung(_ lines: [String], on mark: String) -> [String] {
        lines.enumerated().map { ($0 == 0 ? mark : "  ") + $1 }
    }

    private static func scalar(_ value: YAMLValue) -> String {
        switch value {
        case .text(let text): self.text(text)
        case .number(let number): String(number)
        case .truth(let truth): truth ? "true" : "false"
        case .list: "[]"
        case .map: "{}"
        }
    }

    private static func text(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// Words that no YAML reader, of 1.1 or 1.2, takes for anything but a string.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first), !reserved.contains(text.lowercased()) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || "-_./".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static let reserved: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

    /// Everything that is not plain ASCII is escaped: no reader's idea of line breaks or printable characters matters.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case " "..."~": quoted.unicodeScalars.append(scalar)
            case _ where scalar.value <= 0xFF: quoted += "\\x" + Hexadecimal.text(scalar.value, digits: 2)
            case _ where scalar.value <= 0xFFFF: quoted += "\\u" + Hexadecimal.text(scalar.value, digits: 4)
            default: quoted += "\\U" + Hexadecimal.text(scalar.value, digits: 8)
            }
        }
        return quoted + "\""
    }
}
