extension GateFileJSON {
    /// Reads RFC 8259 text; errors name line and column, both from 1.
    package static func read(_ bytes: [UInt8]) throws(GateFileError) -> GateFileJSON {
        var reader = GateFileJSONReader(bytes: bytes)
        return try reader.document()
    }

    /// Line and column, both from 1, of the values at keys' paths as errors name them, or of what is nearest around
    /// them; none in a text that is no JSON. The text is read once, however many are sought.
    package static func places(of paths: [String], in bytes: [UInt8]) -> [String: (line: Int, column: Int)] {
        var reader = GateFileJSONReader(bytes: bytes, sought: paths)
        guard (try? reader.document()) != nil else { return [:] }
        return Dictionary(paths.map { ($0, reader.place(nearest: $0)) }) { first, _ in first }
    }
}

/// A strict JSON reader over bytes.
private struct GateFileJSONReader {
    /// Objects and lists within each other; deeper ones are refused before they can exhaust the stack.
    private static let deepest = 64

    let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    /// The paths to look for and all on the way to them, and where their values begin; nil: nothing is sought.
    private let sought: Set<String>?
    private var path = ""
    private var found: [String: Int] = [:]

    init(bytes: [UInt8], sought: [String]? = nil) {
        self.bytes = bytes
        self.sought = sought.map { Set($0.flatMap(Self.way)) }
    }

    /// A path and those around it, the whole file at last. A key may hold points and brackets: some are no paths then,
    /// and are not found.
    private static func way(to path: String) -> [String] {
        let ends = path.indices.filter { path[$0] == "." || path[$0] == "[" }
        return [path] + ends.reversed().map { String(path[..<$0]) } + [""]
    }

    func place(nearest path: String) -> (line: Int, column: Int) {
        place(of: Self.way(to: path).lazy.compactMap { found[$0] }.first ?? 0)
    }

    mutating func document() throws(GateFileError) -> GateFileJSON {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw failure("expected the end of the file") }
        return value
    }

    private mutating func value() throws(GateFileError) -> GateFileJSON {
        skipSpace()
        if let sought, sought.contains(path) { found[path] = position }
        switch peek() {
        case UInt8(ascii: "{"): return try nested { (reader) throws(GateFileError) in try reader.object() }
        case UInt8(ascii: "["): return try nested { (reader) throws(GateFileError) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("expected a JSON value, found the end of the file")
        default: return .number(try number())
        }
    }

    private mutating func value(below step: String) throws(GateFileError) -> GateFileJSON {
        guard sought != nil else { return try value() }
        let outer = path
        path += step
        defer { path = outer }
        return try value()
    }

    private mutating func nested(
        _ read: (inout GateFileJSONReader) throws(GateFileError) -> GateFileJSON
    ) throws(GateFileError) -> GateFileJSON {
        depth += 1
        guard depth <= Self.deepest else { throw failure("nested deeper than \(Self.deepest)") }
        position += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(GateFileError) -> GateFileJSON {
        var members: [GateFileJSON.Member] = []
        var keys: Set<String> = []
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
            let start = position
            let key = try string()
            guard keys.insert(key).inserted else { throw failure("the key '\(key)' occurs twice", at: start) }
            guard take(":") else { throw failure("expected ':' after the key '\(key)'") }
            members.append(.init(key: key, value: try value(below: path.isEmpty ? key : "." + key)))
        } while take(",")
        guard take("}") else { throw failure("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array() throws(GateFileError) -> GateFileJSON {
        var values: [GateFileJSON] = []
        if take("]") { return .array(values) }
        repeat { values.append(try value(below: sought == nil ? "" : "[\(values.count)]")) } while take(",")
        guard take("]") else { throw failure("expected ',' or ']'") }
        return .array(values)
    }

    private mutating func word(_ text: String, _ value: GateFileJSON) throws(GateFileError) -> GateFileJSON {
        guard bytes[position...].starts(with: text.utf8) else { throw failure("expected a JSON value") }
        position += text.utf8.count
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(GateFileError) -> String {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        let whole = position
        try digits()
        guard bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else {
            throw failure("a number starts with a zero too many", at: start)
        }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(GateFileError) {
        let start = position
        while let byte = peek(), (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw failure("expected a JSON value") }
    }

    // MARK: Strings

    private mutating func string() throws(GateFileError) -> String {
        position += 1
        let start = position
        var text: [UInt8] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else {
                    throw failure("the string is not UTF-8", at: start)
                }
                return valid
            case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
            case 0..<0x20: throw failure("a control character within a string", at: position - 1)
            default: text.append(byte)
            }
        }
        throw failure("a string without an end", at: start)
    }

    private mutating func escape() throws(GateFileError) -> Unicode.Scalar {
        let byte = peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw failure("an unknown escape in a string", at: position - 2)
        }
    }

    private mutating func escapedScalar() throws(GateFileError) -> Unicode.Scalar {
        let start = position - 2
        let high = try hexUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        if (0xD800..<0xDC00).contains(high), bytes[position...].starts(with: "\\u".utf8) {
            position += 2
            let low = try hexUnit()
            if (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
        }
        throw failure("half a surrogate pair in a string", at: start)
    }

    private mutating func hexUnit() throws(GateFileError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Bytes

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard let byte = peek(), byte == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private func failure(_ message: String, at offset: Int? = nil) -> GateFileError {
        let place = place(of: offset ?? position)
        return GateFileError("\(place.line):\(place.column)", message)
    }

    func place(of offset: Int) -> (line: Int, column: Int) {
        let before = bytes[..<min(offset, bytes.count)]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return (before.count(where: { $0 == 0x0A }) + 1, before.count - start + 1)
    }
}
