/// The name of a git object: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let hex: String

    /// Fails on anything but 40 or 64 hexadecimal digits; upper-case digits are folded.
    package init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard digits.count == 40 || digits.count == 64, digits.allSatisfy(Self.isHexDigit) else { return nil }
        self.hex = hex.lowercased()
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
