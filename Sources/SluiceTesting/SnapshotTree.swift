import SluiceModel

/// A tree in memory whose snapshots land on a disk in memory.
package struct SnapshotTree: TreeReader {
    package let tree: MemoryTree
    package let disk: MemoryDisk

    package init(_ tree: MemoryTree, disk: MemoryDisk) {
        self.tree = tree
        self.disk = disk
    }

    package func entry(at path: String) throws(GitError) -> TreeEntry? { try tree.entry(at: path) }

    package func entries(under folder: String) throws(GitError) -> [TreeEntry] { try tree.entries(under: folder) }

    package func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8] {
        try tree.contents(of: entry, limit: limit)
    }

    package func size(of entry: TreeEntry) throws(GitError) -> Int64 { try tree.size(of: entry) }

    package func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError) {
        for entry in entries {
            disk.write(try tree.contents(of: entry, limit: .max), to: folder + "/" + entry.path)
        }
    }
}
