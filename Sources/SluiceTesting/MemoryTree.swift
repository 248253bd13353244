import SluiceModel

/// A revision's files in memory. Object ids follow the content, so an equal file has an equal id, and a folder's
/// id changes with everything below it.
package struct MemoryTree: TreeReader, Equatable {
    package enum Node: Sendable, Equatable {
        case file([UInt8])
        case executable([UInt8])
        /// A symbolic link and its target.
        case link(String)
        case submodule
    }

    private var nodes: [String: Node]

    package init(_ nodes: [String: Node] = [:]) { self.nodes = nodes }

    /// Regular files with these texts.
    package init(files: [String: String]) {
        nodes = files.mapValues { .file(Array($0.utf8)) }
    }

    package subscript(path: String) -> Node? {
        get { nodes[path] }
        set { nodes[path] = newValue }
    }

    package func entry(at path: String) throws(GitError) -> TreeEntry? {
        if let node = nodes[path] { return Self.entry(path, node) }
        let below = try entries(under: path)
        if below.isEmpty, !path.isEmpty { return nil }
        let names = below.map { "\($0.path) \($0.kind) \($0.oid)" }
        return TreeEntry(path: path, oid: Self.oid(of: Array(names.joined(separator: "\n").utf8)), kind: .folder)
    }

    package func entries(under folder: String) throws(GitError) -> [TreeEntry] {
        let below = nodes.filter { folder.isEmpty || $0.key == folder || $0.key.hasPrefix(folder + "/") }
        return below.map { Self.entry($0.key, $0.value) }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    package func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8] {
        guard let node = nodes[entry.path] else { throw GitError(.notFound, "there is no `\(entry.path)`") }
        let bytes = Self.bytes(of: node)
        guard bytes.count <= limit else {
            throw GitError(.tooLarge, "`\(entry.path)` is larger than \(limit) bytes")
        }
        return bytes
    }

    package func size(of entry: TreeEntry) throws(GitError) -> Int64 {
        Int64(try contents(of: entry, limit: .max).count)
    }

    /// Nothing in memory can be written into a folder.
    package func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError) {
        throw GitError(.unsupported, "a tree in memory makes no snapshots")
    }

    private static func entry(_ path: String, _ node: Node) -> TreeEntry {
        let kind: TreeEntry.Kind =
            switch node {
            case .file: .file
            case .executable: .executable
            case .link: .link
            case .submodule: .submodule
            }
        return TreeEntry(path: path, oid: oid(of: bytes(of: node)), kind: kind)
    }

    private static func bytes(of node: Node) -> [UInt8] {
        switch node {
        case .file(let bytes), .executable(let bytes): bytes
        case .link(let target): Array(target.utf8)
        case .submodule: []
        }
    }

    /// 40 digits from FNV-1a (Fowler, Noll, Vo, 1991) with three seeds: stable, and enough to tell fixtures apart.
    private static func oid(of bytes: [UInt8]) -> ObjectID {
        let digits = (0..<3).map { hexadecimal(hash(bytes, seed: $0)) }.joined()
        guard let oid = ObjectID(hex: digits.prefix(40)) else {
            preconditionFailure("48 hexadecimal digits hold an object id")
        }
        return oid
    }

    private static func hash(_ bytes: [UInt8], seed: UInt64) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325 &+ seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
