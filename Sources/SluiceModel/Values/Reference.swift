/// A branch, tag or other reference, as git knows it: bytes, which need not be UTF-8.
package struct Reference: Hashable, Sendable, Codable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ name: String) { bytes = Array(name.utf8) }

    /// The name for people and JSON: as it is when it is UTF-8, else every byte above ASCII and `%` percent-escaped.
    package var name: String {
        String(validating: bytes, as: UTF8.self) ?? bytes.map(Self.escaped).joined()
    }

    package var isUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// `main` of `refs/heads/main`; nil where this is no branch.
    package var branch: String? { name.hasPrefix("refs/heads/") ? String(name.dropFirst(11)) : nil }

    /// `v1` of `refs/tags/v1`; nil where this is no tag.
    package var tag: String? { name.hasPrefix("refs/tags/") ? String(name.dropFirst(10)) : nil }

    /// The name without `refs/heads/` or `refs/tags/`.
    package var short: String { branch ?? tag ?? name }

    private static func escaped(_ byte: UInt8) -> String {
        guard byte >= 0x80 || byte == UInt8(ascii: "%") else { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.count < 2 ? "0" : "") + digits
    }
}
