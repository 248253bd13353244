/// The SHA-256 of an artifact, a plugin folder or a cache key: `sha256:` and 64 hexadecimal digits.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let hex: String

    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 64, let oid = ObjectID(hex: hex) else { return nil }
        self.hex = oid.hex
    }

    /// From the 32 bytes of a hash function's result.
    package init(bytes: some Sequence<UInt8>) {
        var text: [UInt8] = []
        let digits = Array("0123456789abcdef".utf8)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        precondition(text.count == 64, "a SHA-256 digest has 32 bytes")
        hex = String(decoding: text, as: UTF8.self)
    }

    package init?(_ text: String) {
        guard text.hasPrefix("sha256:") else { return nil }
        self.init(hex: text.dropFirst(7))
    }

    package var description: String { "sha256:" + hex }
    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a digest: \(text)")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
