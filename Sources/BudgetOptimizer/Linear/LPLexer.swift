/// Splits a CPLEX-LP file into tokens, one at a time. A backslash opens a comment that ends with the line.
struct LPLexer {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var lineStart = 0
    private var isFirst = true

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(TextFailure) -> LPToken {
        skipSpace()
        let start = at
        let kind = try kind()
        let token = LPToken(kind: kind, line: line, column: start - lineStart + 1, isFirstOfLine: isFirst)
        isFirst = false
        return token
    }

    private mutating func kind() throws(TextFailure) -> LPToken.Kind {
        guard let byte = peek() else { return .end }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: ".") where Self.isDigit(peek(1)): return try number()
        case UInt8(ascii: "+"): return one(.plus)
        case UInt8(ascii: "-"):
            if peek(1) == UInt8(ascii: ">") {
                at += 1
                return one(.arrow)
            }
            return one(.minus)
        case UInt8(ascii: ":"): return one(.colon)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="): return relation(byte)
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "*"), UInt8(ascii: "^"), UInt8(ascii: "/"):
            return one(.quadratic(Character(Unicode.Scalar(byte))))
        default: return try name()
        }
    }

    private mutating func one(_ kind: LPToken.Kind) -> LPToken.Kind {
        at += 1
        return kind
    }

    /// `<`, `<=`, `=<` and the like mean the same.
    private mutating func relation(_ first: UInt8) -> LPToken.Kind {
        at += 1
        var sign = first
        if let second = peek(), second != first,
            [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "=")].contains(second),
            first == UInt8(ascii: "=") || second == UInt8(ascii: "=")
        {
            at += 1
            if sign == UInt8(ascii: "=") { sign = second }
        }
        return sign == UInt8(ascii: "<") ? .less : sign == UInt8(ascii: ">") ? .greater : .equal
    }

    /// An `e` belongs to the number only when digits follow: `2e` is two times e.
    private mutating func number() throws(TextFailure) -> LPToken.Kind {
        let start = at
        digits()
        if peek() == UInt8(ascii: ".") {
            at += 1
            digits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            let hasSign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            if Self.isDigit(peek(hasSign ? 2 : 1)) {
                at += hasSign ? 2 : 1
                digits()
            }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        guard let value = DecimalNumber.read(text), value.isFinite else {
            throw failure("\(LineScanner.shown(text)) is out of range", at: start)
        }
        return .number(value)
    }

    private mutating func digits() { while Self.isDigit(peek()) { at += 1 } }

    private mutating func name() throws(TextFailure) -> LPToken.Kind {
        let start = at
        while let byte = peek(), Self.isOfName(byte) { at += 1 }
        guard at > start, bytes[start] != UInt8(ascii: ".") else {
            throw failure("a character that begins no name and no number", at: start)
        }
        return .name(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while let byte = peek() {
            switch byte {
            case 0x0A, 0x0D:
                at += 1
                if byte == 0x0D, peek() == 0x0A { at += 1 }
                (line, lineStart, isFirst) = (line + 1, at, true)
            case 0x20, 0x09, 0x0B, 0x0C: at += 1
            case UInt8(ascii: "\\"): while let other = peek(), other != 0x0A, other != 0x0D { at += 1 }
            default: return
            }
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8? { at + ahead < bytes.count ? bytes[at + ahead] : nil }

    private static func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }

    private static func isOfName(_ byte: UInt8) -> Bool {
        guard (0x21...0x7E).contains(byte) else { return false }
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "="), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "*"), UInt8(ascii: "^"),
            UInt8(ascii: "/"), UInt8(ascii: "\\"):
            return false
        default: return true
        }
    }

    private func failure(_ message: String, at offset: Int) -> TextFailure {
        TextFailure(line: line, column: offset - lineStart + 1, message: message)
    }
}
