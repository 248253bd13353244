import Clibgit2
import SluiceModel

/// The files of one commit, read from git objects. No filter runs: bytes are as they were committed.
///
/// Names that are not UTF-8 cannot be named in a pipeline: they, and what lies below them, are left out of `entries`
/// and so of globs, cache keys and snapshots. `changedPaths` counts them, percent-escaped.
package struct GitTree: TreeReader {
    let handle: RepositoryHandle
    let root: ObjectID

    package func entry(at path: String) throws(GitError) -> TreeEntry? {
        guard let components = TreePath.components(of: path) else { return nil }
        guard !components.isEmpty else { return TreeEntry(path: "", oid: root, kind: .folder) }
        return try withRoot { (tree, _) throws(GitError) in
            var found: OpaquePointer?
            let status = git_tree_entry_bypath(&found, tree, path)
            guard status != GIT_ENOTFOUND.rawValue else { return nil }
            try LibGit2.check(status, "look for \(path)")
            defer { git_tree_entry_free(found) }
            guard let found, let oid = git_tree_entry_id(found), let kind = Self.kind(of: found) else { return nil }
            return TreeEntry(path: path, oid: ObjectID(oid), kind: kind)
        }
    }

    package func entries(under folder: String) throws(GitError) -> [TreeEntry] {
        guard let start = try entry(at: folder) else { return [] }
        guard start.kind == .folder else { return [start] }
        let raw = try start.oid.raw()
        return try handle.withPointer { (repository) throws(GitError) in
            var walk = TreeWalk(repository: repository)
            return try walk.entries(of: raw, at: folder)
        }
    }

    package func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8] {
        try withBlob(entry, limit: limit) { (bytes) throws(GitError) in Array(bytes) }
    }

    package func size(of entry: TreeEntry) throws(GitError) -> Int64 {
        guard entry.kind != .folder, entry.kind != .submodule else { throw Self.notAFile(entry) }
        let raw = try entry.oid.raw()
        return try handle.withPointer { (repository) throws(GitError) in
            Int64(try GitObjects(repository: repository).header(raw, oid: entry.oid).size)
        }
    }

    private static func notAFile(_ entry: TreeEntry) -> GitError {
        GitError(.invalid, "\(entry.path) is a \(entry.kind), not a file")
    }

    /// Entries that are not regular files are passed over. Nothing may lie at an entry's path yet.
    package func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError) {
        var writer = try SnapshotWriter(folder: folder)
        for entry in entries where entry.isRegular {
            var file = try writer.create(entry.path, isExecutable: entry.kind == .executable)
            try withBlob(entry, limit: Int.max) { (bytes) throws(GitError) in try file.write(bytes) }
            try file.close()
        }
    }

    private func withRoot<T: Sendable>(
        _ body: (OpaquePointer, OpaquePointer) throws(GitError) -> T
    ) throws(GitError) -> T {
        let raw = try root.raw()
        return try handle.withPointer { (repository) throws(GitError) in
            var raw = raw
            let tree = try LibGit2.made("read tree \(root.short)") { git_tree_lookup(&$0, repository, &raw) }
            defer { git_tree_free(tree) }
            return try body(tree, repository)
        }
    }

    private func withBlob<T: Sendable>(
        _ entry: TreeEntry, limit: Int, _ body: (UnsafeRawBufferPointer) throws(GitError) -> T
    ) throws(GitError) -> T {
        guard entry.kind != .folder, entry.kind != .submodule else { throw Self.notAFile(entry) }
        let raw = try entry.oid.raw()
        return try handle.withPointer { (repository) throws(GitError) in
            // Another look into the pack, for callers that want no more than so much.
            let size = limit == Int.max ? 0 : try GitObjects(repository: repository).header(raw, oid: entry.oid).size
            guard size <= limit else {
                throw GitError(.tooLarge, "\(entry.path) has \(size) bytes; at most \(limit) are read")
            }
            var raw = raw
            let blob = try LibGit2.made("read \(entry.path)") { git_blob_lookup(&$0, repository, &raw) }
            defer { git_blob_free(blob) }
            let count = Int(git_blob_rawsize(blob))
            return try body(UnsafeRawBufferPointer(start: git_blob_rawcontent(blob), count: count))
        }
    }

    /// nil for modes that git does not write.
    static func kind(of entry: OpaquePointer) -> TreeEntry.Kind? {
        switch git_tree_entry_filemode(entry) {
        case GIT_FILEMODE_BLOB: .file
        case GIT_FILEMODE_BLOB_EXECUTABLE: .executable
        case GIT_FILEMODE_LINK: .link
        case GIT_FILEMODE_TREE: .folder
        case GIT_FILEMODE_COMMIT: .submodule
        default: nil
        }
    }
}
