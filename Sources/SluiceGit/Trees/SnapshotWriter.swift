import Glibc
import SluiceModel

/// Creates files below one folder. Every component is opened or made relative to its parent's descriptor and never
/// through a link, so nothing lands outside, whatever lies in the folder. Folders of the last path stay open: entries
/// come sorted, and most share their folder with the one before.
struct SnapshotWriter: ~Copyable {
    private let folder: String
    private var open: [(name: [UInt8], descriptor: Int32)] = []
    private let root: Int32
    /// The last path's folder, as text with its `/`: what lies in it too needs no look at every component.
    private var last: [UInt8]?

    init(folder: String) throws(GitError) {
        self.folder = folder
        root = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard root >= 0 else { throw SystemFailure.now("open the folder \(folder)") }
    }

    deinit {
        for level in open { close(level.descriptor) }
        if root >= 0 { close(root) }
    }

    /// A new empty file; its folders are made. Throws where something is there already.
    mutating func create(_ path: String, isExecutable: Bool) throws(GitError) -> NewFile {
        let bytes = Array(path.utf8)
        let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        guard TreePath.isSafe(component: bytes[start...]) else { throw TreePath.refusal(of: path) }
        let parent = try enter(bytes[..<start], of: path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = path.withCString { openat(parent, $0 + start, flags, isExecutable ? 0o755 : 0o644) }
        guard descriptor >= 0 else { throw SystemFailure.now("create \(path) in \(folder)") }
        return NewFile(descriptor: descriptor, path: path)
    }

    private mutating func enter(_ parent: ArraySlice<UInt8>, of path: String) throws(GitError) -> Int32 {
        if let last, parent == last[...], path.utf8.count <= TreeLimits.path { return open.last?.descriptor ?? root }
        guard let components = TreePath.components(of: path) else { throw TreePath.refusal(of: path) }
        last = nil
        let descriptor = try enter(components.dropLast().map(Array.init), of: path)
        last = Array(parent)
        return descriptor
    }

    /// The descriptor of a folder below the root.
    private mutating func enter(_ components: [[UInt8]], of path: String) throws(GitError) -> Int32 {
        var shared = 0
        while shared < open.count, shared < components.count, open[shared].name == components[shared] { shared += 1 }
        while open.count > shared, let level = open.popLast() { close(level.descriptor) }
        for name in components[shared...] {
            let parent = open.last?.descriptor ?? root
            let text = String(decoding: name, as: UTF8.self)
            guard mkdirat(parent, text, 0o755) == 0 || errno == EEXIST else {
                throw SystemFailure.now("make the folders of \(path) in \(folder)")
            }
            let descriptor = openat(parent, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemFailure.now("enter the folders of \(path) in \(folder)") }
            open.append((name, descriptor))
        }
        return open.last?.descriptor ?? root
    }
}
