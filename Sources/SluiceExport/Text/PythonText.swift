/// Literals of Python source. No text of a pipeline becomes anything but the content of a string: what is not a plain
/// ASCII character is escaped by number, quotes, backslashes and line breaks included.
enum PythonText {
    static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\x" + Hexadecimal.text(scalar.value, digits: 2)
            case " "..."~": literal.unicodeScalars.append(scalar)
            case _ where scalar.value <= 0xFF: literal += "\\x" + Hexadecimal.text(scalar.value, digits: 2)
            case _ where scalar.value <= 0xFFFF: literal += "\\u" + Hexadecimal.text(scalar.value, digits: 4)
            default: literal += "\\U" + Hexadecimal.text(scalar.value, digits: 8)
            }
        }
        return literal + "\""
    }

    static func literal(_ texts: [String]) -> String { "[" + texts.map { literal($0) }.joined(separator: ", ") + "]" }
    static func literal(_ truth: Bool) -> String { truth ? "True" : "False" }
}

enum Hexadecimal {
    static func text(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
