/// The name of a git object: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let hex: String

    /// Fails on anything but 40 or 64 hexadecimal digits; upper-case digits are folded.
    package init?(hex: some StringProtocol) {
        var text = String(hex)
        guard text.withUTF8({ Self.isName($0) }) else { return nil }
        self.hex = text.lowercased()
    }

    /// The name whose 20 or 32 bytes these are.
    package init(raw bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 20 || bytes.count == 32, "an object's name has 20 or 32 bytes")
        hex = String(unsafeUninitializedCapacity: 2 * bytes.count) { digits in
            for (place, byte) in bytes.enumerated() {
                digits[2 * place] = Self.digit(byte >> 4)
                digits[2 * place + 1] = Self.digit(byte & 15)
            }
            return 2 * bytes.count
        }
    }

    /// Git's "there is none", of 40 digits.
    package static let zero = ObjectID(zeros: 40)

    private init(zeros: Int) { hex = String(repeating: "0", count: zeros) }

    /// The all-zero name with which git says "there is none": a creation's old side, a deletion's new side.
    package var isZero: Bool { hex.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

    /// The first ten digits: enough for a person, never for a look-up.
    package var short: String { String(hex.prefix(10)) }

    package var description: String { hex }

    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }

    private static func isName(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        (digits.count == 40 || digits.count == 64) && digits.allSatisfy(isHexDigit)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

extension ObjectID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let oid = ObjectID(hex: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an object id: \(text)")
        }
        self = oid
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
