import SluiceModel
import Synchronization

/// The files of a working tree as they lie on disk: tracked and untracked ones, not ignored ones; files that are
/// tracked and gone are gone. Oids are what git would call the bytes on disk without filters, hashed when first asked
/// for and remembered, so that a plan stays the same while it is made.
package final class WorktreeTree: TreeReader {
    private let disk: WorktreeDisk
    /// Sorted by path bytes.
    private let files: [WorktreeFile]
    private let hashes: Mutex<[[UInt8]: ObjectID]>

    init(handle: RepositoryHandle, top: String) throws(GitError) {
        let listed = try handle.withPointer { (repository) throws(GitError) in
            try WorktreeListing(repository: repository).files()
        }
        disk = WorktreeDisk(top: top)
        files = listed.compactMap { [disk] in disk.kind(of: $0) }
        hashes = Mutex([:])
    }

    package func entry(at path: String) throws(GitError) -> TreeEntry? {
        guard let components = TreePath.components(of: path) else { return nil }
        if let file = position(of: Array(path.utf8)) { return try entry(files[file]) }
        guard components.isEmpty || !range(under: path).isEmpty else { return nil }
        return TreeEntry(path: path, oid: try folderOID(path), kind: .folder)
    }

    package func entries(under folder: String) throws(GitError) -> [TreeEntry] {
        guard TreePath.components(of: folder) != nil else { return [] }
        if let file = position(of: Array(folder.utf8)) { return [try entry(files[file])] }
        var entries: [TreeEntry] = []
        for file in files[range(under: folder)] { entries.append(try entry(file)) }
        return entries
    }

    package func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8] {
        switch entry.kind {
        case .file, .executable: try disk.contents(of: entry.path, limit: limit)
        case .link: try disk.target(of: entry.path)
        case .folder, .submodule: throw GitError(.invalid, "\(entry.path) is a \(entry.kind), not a file")
        }
    }

    package func size(of entry: TreeEntry) throws(GitError) -> Int64 {
        guard entry.isRegular else { throw GitError(.invalid, "\(entry.path) is a \(entry.kind), not a file") }
        return try disk.size(of: entry.path)
    }

    /// Entries that are not regular files are passed over. Throws where a file is not any more what the entry names.
    package func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError) {
        var writer = try SnapshotWriter(folder: folder)
        for entry in entries where entry.isRegular {
            var file = try writer.create(entry.path, isExecutable: entry.kind == .executable)
            try disk.copy(entry.path, into: file)
            let copied = try file.objectID()
            try file.close()
            guard copied == entry.oid else {
                throw GitError(
                    .failed, "\(entry.path) has changed since the plan was made", hint: "run again")
            }
        }
    }

    private func entry(_ file: WorktreeFile) throws(GitError) -> TreeEntry {
        TreeEntry(path: file.path, oid: try oid(of: file), kind: file.kind)
    }

    private func oid(of file: WorktreeFile) throws(GitError) -> ObjectID {
        if let oid = file.submodule { return oid }
        let key = Array(file.path.utf8)
        if let known = hashes.withLock({ $0[key] }) { return known }
        let oid = try file.kind == .link ? disk.linkOID(of: file.path) : disk.fileOID(of: file.path)
        return hashes.withLock { hashes in
            if let first = hashes[key] { return first }
            hashes[key] = oid
            return oid
        }
    }

    /// Stands for the content of a folder: the hash of what it lists. Not git's tree oid.
    private func folderOID(_ path: String) throws(GitError) -> ObjectID {
        let lines = try entries(under: path).map { "\($0.kind) \($0.oid) \($0.path)\0" }
        return try ObjectID(hashing: Array(lines.joined().utf8))
    }

    private func position(of path: [UInt8]) -> Int? {
        let start = files.firstPosition { !$0.path.utf8.lexicographicallyPrecedes(path) }
        return start < files.count && files[start].path.utf8.elementsEqual(path) ? start : nil
    }

    private func range(under folder: String) -> Range<Int> {
        guard !folder.isEmpty else { return 0..<files.count }
        let prefix = Array(folder.utf8) + [UInt8(ascii: "/")]
        let start = files.firstPosition { !$0.path.utf8.lexicographicallyPrecedes(prefix) }
        let count = files[start...].prefix { $0.path.utf8.starts(with: prefix) }.count
        return start..<(start + count)
    }
}
