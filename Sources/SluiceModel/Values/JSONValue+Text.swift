extension JSONValue {
    /// One canonical text per value: keys sorted by their UTF-8 bytes, no white space, whole numbers without a
    /// fraction. Equal values have equal text, so cache keys are taken of it.
    package var canonicalText: String {
        var text = ""
        write(into: &text)
        return text
    }

    /// How a value reads inside a sentence, a path or a shell variable: strings bare, the rest as JSON.
    package var plainText: String { stringValue ?? canonicalText }

    private func write(into text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += Self.text(of: value)
        case .string(let value): Self.write(value, into: &text)
        case .array(let values): Self.write(values, into: &text)
        case .object(let members): Self.write(members, into: &text)
        }
    }

    /// `2.0` and `2` are one number, hence one text.
    private static func text(of value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(describing: value)
    }

    private static func write(_ values: [JSONValue], into text: inout String) {
        text += "["
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            value.write(into: &text)
        }
        text += "]"
    }

    private static func write(_ members: [String: JSONValue], into text: inout String) {
        text += "{"
        let ordered = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, member) in ordered.enumerated() {
            if index > 0 { text += "," }
            write(member.key, into: &text)
            text += ":"
            member.value.write(into: &text)
        }
        text += "}"
    }

    private static func write(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
