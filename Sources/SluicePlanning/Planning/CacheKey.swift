import struct Crypto.SHA256
import SluiceModel

/// The name under which a result is found again: the SHA-256 of the canonical list of its parts.
enum CacheKey {
    static func digest(of parts: [CacheKeyPart]) -> Digest {
        let ordered = parts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let list = ordered.map { JSONValue.array([.string($0.name), .string($0.value)]) }
        return sha256(JSONValue.array([.string("sluice-cache-key/1"), .array(list)]).canonicalText)
    }

    static func sha256(_ text: String) -> Digest { Digest(bytes: SHA256.hash(data: Array(text.utf8))) }

    /// One name for the files below a folder: their paths within it, modes and oids.
    static func digest(of entries: [TreeEntry], below base: String) -> String {
        if entries.count == 1, entries[0].path == base { return "git:" + text(of: entries[0]) }
        let prefix = base.isEmpty ? 0 : base.count + 1
        let lines = entries.map { "\(text(of: $0)) \($0.path.dropFirst(prefix))\n" }
        return "git:" + sha256(lines.joined()).hex
    }

    private static func text(of entry: TreeEntry) -> String {
        entry.kind == .executable ? entry.oid.hex + "+x" : entry.oid.hex
    }

    /// A part for each source file where they are few, else one for each top folder.
    static func sourceParts(_ entries: [TreeEntry]) -> [CacheKeyPart] {
        if entries.count <= 32 {
            return entries.map { CacheKeyPart(name: "source.\($0.path)", value: text(of: $0)) }
        }
        var folders: [String: [TreeEntry]] = [:]
        for entry in entries {
            let top = entry.path.firstIndex(of: "/").map { entry.path[...$0] } ?? entry.path[...]
            folders[String(top), default: []].append(entry)
        }
        return folders.map { CacheKeyPart(name: "source.\($0)", value: digest(of: $1, below: "")) }
    }
}
