/// Makes text of users, plugins and repositories harmless before it is shown: no terminal and no CI system obeys it.
package enum SafeText {
    /// One line: control, format and line-breaking characters become visible escapes, and the openings of CI
    /// commands (`::error::` at the start, `##[…]` and `##vso[…]` anywhere) get a backslash.
    package static func line(_ text: some StringProtocol) -> String {
        let isHarmless = text.utf8.allSatisfy { (0x20...0x7e).contains($0) && $0 != hash && $0 != colon }
        if isHarmless { return String(text) }
        return withoutCommands(escaped(text))
    }

    /// The lines of a block of text, each of them made safe, tabs as blanks up to the next multiple of eight.
    package static func lines(_ text: String) -> [String] {
        var parts = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { part in
            part.last == "\r" ? String(part.dropLast()) : String(part)
        }
        if parts.count > 1, parts.last == "" { parts.removeLast() }
        return parts.map { line(withoutTabs($0, stop: 8)) }
    }

    /// Replaces tabs by blanks up to the next multiple of `stop` columns.
    static func withoutTabs(_ text: String, stop: Int) -> String {
        guard text.utf8.contains(9) else { return text }
        var result = ""
        var column = 0
        for character in text {
            if character == "\t" {
                let blanks = stop - column % stop
                result += String(repeating: " ", count: blanks)
                column += blanks
            } else {
                result.append(character)
                column += DisplayWidth.of(character)
            }
        }
        return result
    }

    private static let hash = UInt8(ascii: "#")
    private static let colon = UInt8(ascii: ":")

    private static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if isObeyed(scalar) {
                    result += "\\u{" + String(scalar.value, radix: 16) + "}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Whether a terminal does something on the character instead of showing it. Joiners belong to words.
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format: return scalar.value != 0x200c && scalar.value != 0x200d
        default: return false
        }
    }

    /// GitHub obeys `::name::` at a line's start (blanks before it do not count); GitHub, Azure and TeamCity obey
    /// `##name[` in places.
    private static func withoutCommands(_ text: String) -> String {
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var isAtStart = true
        for (index, byte) in bytes.enumerated() {
            let isDouble = index + 1 < bytes.count && bytes[index + 1] == byte
            if byte == colon, isDouble, isAtStart { result.append(UInt8(ascii: "\\")) }
            if byte == hash, index > 0, bytes[index - 1] == hash, opensCommand(bytes[(index + 1)...]) {
                result.append(UInt8(ascii: "\\"))
            }
            if byte != UInt8(ascii: " ") { isAtStart = false }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func opensCommand(_ rest: ArraySlice<UInt8>) -> Bool {
        let letters = (UInt8(ascii: "a")...UInt8(ascii: "z"))
        return rest.first { !letters.contains($0 | 0x20) } == UInt8(ascii: "[")
    }
}
