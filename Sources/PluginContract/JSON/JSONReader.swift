/// A strict reader of one JSON text (RFC 8259): no byte order mark, no duplicate keys, no NaN, nothing after the
/// value, nested at most `ContractLimits.depth` deep, every number finite and every integer within 2^53−1.
///
/// It recurses at most as deep as that limit and looks at each byte once, so no input crashes or delays it.
public struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    /// Reads a whole text. Throws `JSONError` at the first violation.
    public static func read(_ bytes: some Collection<UInt8>) throws(JSONError) -> JSON {
        let result: Result<JSON, JSONError>? = bytes.withContiguousStorageIfAvailable { read(storage: $0) }
        return try (result ?? Array(bytes).withUnsafeBufferPointer { read(storage: $0) }).get()
    }

    private static func read(storage: UnsafeBufferPointer<UInt8>) -> Result<JSON, JSONError> {
        var reader = JSONReader(bytes: storage)
        do throws(JSONError) { return .success(try reader.text()) } catch { return .failure(error) }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func text() throws(JSONError) -> JSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(.byteOrderMark, at: 0) }
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw failure() }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        switch peek() {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSONError) in try reader.object() }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSONError) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"), UInt8(ascii: "I"): throw failure(.notANumber)
        default: return try number()
        }
    }

    private mutating func nested(
        _ read: (inout JSONReader) throws(JSONError) -> JSON
    ) throws(JSONError) -> JSON {
        depth += 1
        guard depth <= ContractLimits.depth else { throw failure(.tooDeep) }
        position += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONError) -> JSON {
        var members: [String: JSON] = [:]
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            let start = position
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw failure() }
            let value = try value()
            guard members.updateValue(value, forKey: key) == nil else { throw JSONError(.duplicateKey, at: start) }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure() }
        return .object(members)
    }

    private mutating func array() throws(JSONError) -> JSON {
        var values: [JSON] = []
        if take(UInt8(ascii: "]")) { return .array(values) }
        repeat { values.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure() }
        return .array(values)
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<text.utf8CodeUnitCount {
            guard peek() == text.utf8Start[index] else { throw failure() }
            position += 1
        }
        return value
    }

    /// White space before a byte, and that byte when it comes next.
    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private func failure(_ kind: JSONError.Kind = .syntax) -> JSONError { JSONError(kind, at: position) }
}

// MARK: - Numbers

extension JSONReader {
    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        let isNegative = peek() == UInt8(ascii: "-")
        if isNegative { position += 1 }
        if isNegative, peek() == UInt8(ascii: "I") { throw failure(.notANumber) }
        let hasLeadingZero = peek() == UInt8(ascii: "0")
        let digits = try digits()
        guard digits == 1 || !hasLeadingZero else { throw JSONError(.syntax, at: start) }
        var isInteger = true
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            _ = try self.digits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            _ = try self.digits()
        }
        return try finite(String(decoding: bytes[start..<position], as: UTF8.self), isInteger, start)
    }

    private mutating func digits() throws(JSONError) -> Int {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw failure() }
        return position - start
    }

    private func finite(_ text: String, _ isInteger: Bool, _ start: Int) throws(JSONError) -> JSON {
        if isInteger {
            guard let value = Int64(text), value.magnitude <= UInt64(ContractLimits.integer) else {
                throw JSONError(.numberOutOfRange, at: start)
            }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else { throw JSONError(.numberOutOfRange, at: start) }
        return .number(value)
    }
}

// MARK: - Strings

extension JSONReader {
    private mutating func string() throws(JSONError) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw failure() }
        position += 1
        var start = position
        var text = ""
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                text += try validated(start..<position)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text += try validated(start..<position)
                position += 1
                text.unicodeScalars.append(try escape())
                start = position
            case 0..<0x20: throw failure()
            default: position += 1
            }
        }
        throw failure()
    }

    private func validated(_ range: Range<Int>) throws(JSONError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw JSONError(.invalidText, at: range.lowerBound)
        }
        return text
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = peek() else { throw failure() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw JSONError(.syntax, at: position - 1)
        }
    }

    /// The four digits after `\u`, and the second half of a surrogate pair.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let start = position - 2
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800..<0xDC00).contains(unit), peek() == UInt8(ascii: "\\") else {
            throw JSONError(.invalidText, at: start)
        }
        position += 1
        guard peek() == UInt8(ascii: "u") else { throw JSONError(.invalidText, at: start) }
        position += 1
        let low = try hexUnit()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw JSONError(.invalidText, at: start) }
        return scalar
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure() }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
