/// What Git LFS commits in place of a large file: a short text that names the content. No filter runs here, so a
/// stage would get this text for its data.
package struct LFSPointer: Sendable, Hashable {
    /// SHA-256 of the content, 64 lower-case hexadecimal digits.
    package let digest: String
    /// Bytes of the content.
    package let size: Int64

    /// A file of this many bytes or more is no pointer.
    package static let limit = 1024

    /// nil where the bytes are an ordinary file. By the Git LFS specification (v1): UTF-8, `key value` lines, `version`
    /// first, the other keys sorted, `oid sha256:…` and `size` among them.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count < Self.limit, bytes.starts(with: "version ".utf8), bytes.last == UInt8(ascii: "\n"),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        var values: [(key: String, value: String)] = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            guard let space = line.firstIndex(of: " ") else { return nil }
            values.append((String(line[..<space]), String(line[line.index(after: space)...])))
        }
        let keys = values.dropFirst().map(\.key)
        guard zip(keys, keys.dropFirst()).allSatisfy({ $0 < $1 }),
            let oid = values.first(where: { $0.key == "oid" })?.value, oid.hasPrefix("sha256:"),
            let size = values.first(where: { $0.key == "size" }).flatMap({ Int64($0.value) }), size >= 0
        else { return nil }
        let digest = oid.dropFirst(7)
        guard digest.utf8.count == 64, digest.utf8.allSatisfy(Self.isLowerHexDigit) else { return nil }
        self.digest = String(digest)
        self.size = size
    }

    private static func isLowerHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
