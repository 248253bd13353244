import SluiceModel

/// The core schema of YAML 1.2.2 (chapter 10.3): what a plain scalar means. `on`, `yes` and `12:30` are strings.
enum CoreSchema {
    static func value(of text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return number(text) ?? .string(text)
        }
    }

    /// Words that YAML 1.1 reads as booleans and 1.2 does not.
    static func isOldBoolean(_ text: String) -> Bool {
        ["y", "n", "yes", "no", "on", "off"].contains(text.lowercased())
    }

    private static func number(_ text: String) -> JSONValue? {
        guard let first = text.utf8.first, first < 0x40 else { return nil }
        if let value = radix(text, "0x", 16) ?? radix(text, "0o", 8) { return .integer(value) }
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        guard isDecimal(digits) else { return nil }
        if digits.utf8.allSatisfy(isDigit), let value = Int64(text) { return .integer(value) }
        // Infinities and what overflows have no JSON; they stay text.
        guard let value = Double(text), value.isFinite else { return nil }
        return .number(value)
    }

    private static func radix(_ text: String, _ prefix: String, _ base: Int) -> Int64? {
        guard text.hasPrefix(prefix), text.utf8.count > 2,
            text.utf8[text.utf8.index(text.startIndex, offsetBy: 2)] > 0x2F
        else { return nil }
        return Int64(text.dropFirst(2), radix: base)
    }

    /// `12`, `1.5`, `.5`, `2.`, `1e-3`, without a sign in front.
    private static func isDecimal(_ text: Substring) -> Bool {
        var rest = text
        let whole = rest.prefix { isDigit($0) }
        rest = rest.dropFirst(whole.count)
        var fraction = Substring()
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { isDigit($0) }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return false }
        guard rest.first == "e" || rest.first == "E" else { return rest.isEmpty }
        rest = rest.dropFirst()
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy { isDigit($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isWholeNumber }
}
