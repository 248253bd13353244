import SluiceModel

/// A value as an argument of `sluice attempt stage`, in words that no template language finds a tag in.
///
/// Where one could begin (`{{`, `${{`, `$(…)`), the value is written as JSON text with these characters escaped, which
/// the command reads back. Between `{` or `$` and what follows nothing of the value is left then.
enum JSONArgument {
    /// A name: as it is where that is harmless.
    static func name(_ text: String) -> String {
        mayHoldTag(text) || text.utf8.contains { "\\\"".utf8.contains($0) } ? escaped(.string(text)) : text
    }

    static func mayHoldTag(_ text: String) -> Bool { text.utf8.contains { "{}$`".utf8.contains($0) } }

    /// `KEY=JSON` for `--set`.
    static func override(_ key: String, _ value: JSONValue) -> String { key + "=" + escaped(value) }

    /// Braces outside of strings stay: they are JSON's own, and two of them open only around a key's quote.
    private static func escaped(_ value: JSONValue) -> String {
        var text = ""
        var isInString = false
        var isEscaped = false
        for scalar in value.canonicalText.unicodeScalars {
            switch scalar {
            case "\"" where !isEscaped: isInString.toggle()
            case "{", "}", "$", "`":
                if isInString {
                    text += "\\u" + Hexadecimal.text(scalar.value, digits: 4)
                    isEscaped = false
                    continue
                }
            default: break
            }
            isEscaped = isInString && scalar == "\\" && !isEscaped
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
