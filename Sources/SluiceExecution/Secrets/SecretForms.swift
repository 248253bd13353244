/// The ways in which programs write a value down: what has to be looked for so that it is not shown.
enum SecretForms {
    /// Lines of a value, and other parts of it, that are shorter are found everywhere and hide nothing.
    private static let shortest = 4
    /// What `base64` and PEM files break lines at.
    private static let base64Widths = [76, 64]

    static func all(of value: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = []
        let isBreak = { (byte: UInt8) in byte == 0x0A || byte == 0x0D }
        // Nothing begins with a line's end: a line that is complete is never held back for what may follow.
        let whole = Array(value.drop(while: isBreak))
        let lines = value.split(whereSeparator: isBreak).map(Array.init)
        for part in [whole] + lines {
            forms.insert(part)
            forms.formUnion(json(part))
            forms.formUnion(url(part))
        }
        forms.formUnion(base64(value))
        return forms.filter { $0.count >= shortest }
    }

    // MARK: - JSON

    /// As the usual writers do it: with or without other alphabets escaped, slashes, what HTML minds.
    private static func json(_ value: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = []
        let text = String(decoding: value, as: UTF8.self)
        for isASCII in [false, true] {
            for isUpper in [false, true] {
                for extra in ["", "/", "<>&", "<>&'"] {
                    forms.insert(json(text, isASCII: isASCII, isUpper: isUpper, extra: extra))
                }
            }
        }
        return forms
    }

    private static func json(_ text: String, isASCII: Bool, isUpper: Bool, extra: String) -> [UInt8] {
        var form = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": form += "\\" + String(scalar)
            case "\n": form += "\\n"
            case "\r": form += "\\r"
            case "\t": form += "\\t"
            case "\u{8}": form += "\\b"
            case "\u{C}": form += "\\f"
            case "/" where extra == "/": form += "\\/"
            case _
            where scalar.value < 0x20 || (isASCII && scalar.value > 0x7E) || extra.unicodeScalars.contains(scalar):
                for unit in String(scalar).utf16 { form += "\\u" + hex(UInt32(unit), 4, isUpper) }
            default: form.unicodeScalars.append(scalar)
            }
        }
        return Array(form.utf8)
    }

    private static func hex(_ number: UInt32, _ width: Int, _ isUpper: Bool) -> String {
        let digits = String(number, radix: 16, uppercase: isUpper)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // MARK: - URLs

    /// Of the characters that writers disagree about: all kept, those of paths, those of `encodeURI`, none.
    private static let unescaped = ["", "/", "!'()*", ";/?:@&=+$,#!'()*"]

    private static func url(_ value: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = []
        for kept in unescaped {
            for isUpper in [true, false] {
                for space in ["%20", "+"] {
                    var form = ""
                    for byte in value {
                        let scalar = UnicodeScalar(byte)
                        let isPlain = byte < 0x80 && scalar.properties.isAlphabetic || (0x30...0x39).contains(byte)
                        if isPlain || "-._~".unicodeScalars.contains(scalar) || kept.unicodeScalars.contains(scalar) {
                            form.unicodeScalars.append(scalar)
                        } else {
                            form += byte == 0x20 ? space : "%" + hex(UInt32(byte), 2, isUpper)
                        }
                    }
                    forms.insert(Array(form.utf8))
                }
            }
        }
        return forms
    }

    // MARK: - base64

    private static let alphabets = ["+/", "-_"].map {
        Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + $0).utf8)
    }

    /// Within a longer text it begins at any of three offsets; the characters at its edges belong to its neighbours
    /// too and are left out.
    private static func base64(_ value: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = []
        for alphabet in alphabets {
            for offset in 0..<3 {
                let bits = [UInt8](repeating: 0, count: offset) + value
                let whole = digits(of: bits, alphabet)
                forms.insert(Array(whole[(offset * 8 + 5) / 6..<bits.count * 8 / 6]))
            }
            let alone = Array(digits(of: value, alphabet)[..<(value.count * 8 / 6)])
            for width in base64Widths where alone.count > width {
                for start in stride(from: 0, to: alone.count, by: width) {
                    let line = Array(alone[start..<min(start + width, alone.count)])
                    if line.count >= 2 * shortest { forms.insert(line) }
                }
            }
        }
        return forms
    }

    /// Six bits each, the last one filled up with zeros.
    private static func digits(of bytes: [UInt8], _ alphabet: [UInt8]) -> [UInt8] {
        var digits: [UInt8] = []
        var bits = 0
        var pending: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                digits.append(alphabet[Int(pending >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { digits.append(alphabet[Int(pending << UInt32(6 - bits) & 63)]) }
        return digits
    }
}
