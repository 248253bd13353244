/// What a plugin says, as it may be shown: no terminal and no CI system obeys it.
enum ShownText {
    /// Characters of a line that are shown.
    static let limit = 4000

    /// Invalid UTF-8 replaced, control characters (C0 but tab, DEL, C1), line separators and direction overrides
    /// escaped, over-long text cut.
    static func escaped(_ text: String) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return shown + "…" }
            count += 1
            if isObeyed(scalar) {
                shown += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    static func escaped(_ bytes: some Collection<UInt8>) -> String {
        escaped(String(decoding: bytes.prefix(4 * limit + 4), as: UTF8.self))
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: false
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
