/// The form of names: `[a-z][a-z0-9_-]*`, at most 100 characters.
enum Names {
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 100 else { return false }
        return text.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// The nearest valid name, for hints: `Train Model` becomes `train-model`.
    static func suggestion(for text: String) -> String? {
        var name = ""
        for byte in text.lowercased().utf8.prefix(100) {
            name.append(isNameByte(byte) ? Character(UnicodeScalar(byte)) : "-")
        }
        return isName(name) ? name : nil
    }

    /// What a shell takes as the name of a variable.
    static func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == UInt8(ascii: "_")
        }
    }
}
