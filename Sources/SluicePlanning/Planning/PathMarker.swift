import SluiceModel

/// A path that is not known yet, within a text: `inputs.NAME` between two private-use characters.
///
/// Cache keys are taken of texts with markers, so that no absolute path enters them.
enum PathMarker {
    private static let opening: Unicode.Scalar = "\u{10FFFC}"
    private static let closing: Unicode.Scalar = "\u{10FFFD}"

    static func input(_ name: String) -> String { "\(opening)inputs.\(name)\(closing)" }
    static func output(_ name: String) -> String { "\(opening)outputs.\(name)\(closing)" }

    /// A text without its markers, for people.
    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != opening && $0 != closing }))
    }

    /// Puts the paths in: a string that is one marker of a list becomes the list, within a text a list is one path
    /// a line.
    static func fill(_ value: JSONValue, _ paths: BindingPaths) -> JSONValue {
        switch value {
        case .null, .bool, .integer, .number: value
        case .string(let text): whole(text, paths) ?? .string(fill(text, paths))
        case .array(let values): .array(values.map { fill($0, paths) })
        case .object(let members): .object(members.mapValues { fill($0, paths) })
        }
    }

    static func fill(_ text: String, _ paths: BindingPaths) -> String {
        guard text.unicodeScalars.contains(opening) else { return text }
        var filled = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let start = rest.firstIndex(of: opening), let end = rest[start...].firstIndex(of: closing) {
            filled.append(contentsOf: rest[..<start])
            let name = String(rest[rest.index(after: start)..<end])
            filled.append(contentsOf: paths.found(name).joined(separator: "\n").unicodeScalars)
            rest = rest[rest.index(after: end)...]
        }
        filled.append(contentsOf: rest)
        return String(filled)
    }

    private static func whole(_ text: String, _ paths: BindingPaths) -> JSONValue? {
        for (name, isMany) in paths.inputLists where isMany && text == input(name) {
            return .array(paths.found("inputs." + name).map(JSONValue.string))
        }
        return nil
    }
}
