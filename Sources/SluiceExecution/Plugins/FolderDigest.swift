import struct Crypto.SHA256
import Glibc
import SluiceModel

/// The digest of a plugin's folder: SHA-256 over relative path, executable bit, size and content of all its files,
/// sorted by path. Python's compiled files, which appear by themselves, are no part of it.
struct FolderDigest {
    /// More than this is no plugin but a data set.
    private static let fileLimit = 20000
    private static let depthLimit = 40

    private let root: String
    private let canonicalRoot: String
    private var entries: [(path: String, line: String)] = []

    /// Throws `.linkOutside` for a link that leaves the folder or leads nowhere, `.unreadable` for the rest.
    static func of(_ folder: String) throws(PluginError) -> Digest {
        guard let canonical = canonicalPath(folder) else {
            throw PluginError(.unreadable, "\(folder) cannot be read: \(errorText(errno))")
        }
        var digest = FolderDigest(root: folder, canonicalRoot: canonical)
        try digest.visit("", depth: 0)
        let text = digest.entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }.map(\.line)
        return Digest(bytes: SHA256.hash(data: Array(text.joined().utf8)))
    }

    private init(root: String, canonicalRoot: String) {
        self.root = root
        self.canonicalRoot = canonicalRoot
    }

    private mutating func visit(_ folder: String, depth: Int) throws(PluginError) {
        guard depth <= Self.depthLimit else { throw PluginError(.unreadable, "\(root) is nested too deeply") }
        for name in try Self.names(in: absolute(folder)) {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            var information = stat()
            guard lstat(absolute(path), &information) == 0 else { throw unreadable(path) }
            switch information.st_mode & S_IFMT {
            case S_IFDIR: if name != "__pycache__" { try visit(path, depth: depth + 1) }
            case S_IFREG: if !name.hasSuffix(".pyc") { try addFile(path, information) }
            case S_IFLNK: try addLink(path)
            default: throw PluginError(.unreadable, "\(absolute(path)) is no regular file")
            }
        }
    }

    /// Fields are separated by NUL, which is in no path.
    private mutating func addFile(_ path: String, _ information: stat) throws(PluginError) {
        guard entries.count < Self.fileLimit else {
            throw PluginError(.unreadable, "\(root) has more than \(Self.fileLimit) files")
        }
        guard let content = Self.hash(absolute(path)) else { throw unreadable(path) }
        let mark = information.st_mode & S_IXUSR != 0 ? "x" : "-"
        entries.append((path, "\(path)\0\(mark)\0\(information.st_size)\0\(content.hex)\0"))
    }

    private mutating func addLink(_ path: String) throws(PluginError) {
        guard let target = canonicalPath(absolute(path)),
            target == canonicalRoot || target.hasPrefix(canonicalRoot + "/")
        else {
            throw PluginError(
                .linkOutside, "\(absolute(path)) is a link that leads out of the plugin's folder",
                hint: "copy the file into the folder")
        }
        entries.append((path, "\(path)\0l\0\(target.dropFirst(canonicalRoot.count))\0"))
    }

    private func absolute(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

    private func unreadable(_ path: String) -> PluginError {
        PluginError(.unreadable, "\(absolute(path)) cannot be read: \(errorText(errno))")
    }

    private static func names(in folder: String) throws(PluginError) -> [String] {
        guard let names = folderNames(folder) else {
            throw PluginError(.unreadable, "\(folder) cannot be read: \(errorText(errno))")
        }
        return names
    }

    static func hash(_ path: String) -> Digest? {
        let file = Descriptor(open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        guard file.isOpen else { return nil }
        var hash = SHA256()
        return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            while true {
                switch file.read(into: buffer) {
                case .count(let count): hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                case .ended: return Digest(bytes: hash.finalize())
                case .wouldBlock: return nil
                }
            }
        }
    }
}
