import Clibgit2
import Glibc
import SluiceModel

/// The paths in which two trees differ. Folders that are the same on both sides are never opened, so the work is in
/// proportion to what differs; libgit2's own comparison unfolds both trees to the last file.
///
/// A loop, not a recursion, and given up as "everything changed" beyond `TreeLimits`: a few kilobytes of tree objects
/// can unfold into billions of paths, or into billions of empty folders.
struct TreeDifference {
    private let repository: OpaquePointer
    private var paths: [String] = []
    /// The folder that is compared, in the one that holds it, and so on.
    private var open: [Folder] = []
    private var folders = 0

    /// Sorted by bytes.
    static func paths(
        _ repository: OpaquePointer, from old: git_oid, to new: git_oid
    ) throws(GitError) -> ChangedPaths {
        var difference = TreeDifference(repository: repository)
        try difference.enter(old, new, prefix: [])
        while !difference.open.isEmpty {
            guard difference.folders <= TreeLimits.changedPaths, difference.paths.count <= TreeLimits.changedPaths
            else { return .everything }
            try difference.step()
        }
        return .paths(difference.paths)
    }

    private init(repository: OpaquePointer) { self.repository = repository }

    /// Goes on in the innermost folder up to the next folder in it.
    ///
    /// Both sides are sorted as git sorts: a folder as if its name ended in `/`, so that what has the same place has the
    /// same name and is a folder on both sides, or on neither.
    private mutating func step() throws(GitError) {
        let top = open.count - 1
        while true {
            let (old, new) = (open[top].oldEntry, open[top].newEntry)
            guard old != nil || new != nil else {
                open.removeLast()
                return
            }
            let order = Entry.order(old, new)
            if order <= 0 { open[top].left += 1 }
            if order >= 0 { open[top].right += 1 }
            let (before, after) = (order <= 0 ? old : nil, order >= 0 ? new : nil)
            if let before, let after, before.isSame(as: after) { continue }
            guard let entry = before ?? after else { continue }
            let path = open[top].prefix + UnsafeRawBufferPointer(start: entry.name, count: entry.length)
            guard entry.isFolder else {
                paths.append(Self.text(path))
                guard paths.count <= TreeLimits.changedPaths else { return }
                continue
            }
            return try enter(before?.oid, after?.oid, prefix: path + [UInt8(ascii: "/")])
        }
    }

    private mutating func enter(_ old: git_oid?, _ new: git_oid?, prefix: [UInt8]) throws(GitError) {
        guard prefix.count <= TreeLimits.path else { throw TreePath.refusal(of: TreePath.text(prefix)) }
        folders += 1
        open.append(
            Folder(prefix: prefix, old: try Tree(repository, old, prefix), new: try Tree(repository, new, prefix)))
    }

    private static func text(_ path: [UInt8]) -> String {
        path.allSatisfy { $0 < 0x80 } ? String(decoding: path, as: UTF8.self) : TreePath.text(path)
    }

    /// A folder that differs; one side may have none.
    private struct Folder {
        /// Its path with a `/` behind it, or nothing.
        let prefix: [UInt8]
        let old: Tree
        let new: Tree
        var left = 0
        var right = 0

        var oldEntry: Entry? { old.entry(left) }
        var newEntry: Entry? { new.entry(right) }
    }

    /// One side of a folder, open while it is compared.
    private final class Tree {
        private let tree: OpaquePointer?
        private let count: Int

        init(_ repository: OpaquePointer, _ oid: git_oid?, _ prefix: [UInt8]) throws(GitError) {
            guard var oid else {
                tree = nil
                count = 0
                return
            }
            let made = try LibGit2.made("read the folder \(TreePath.text(prefix))") {
                git_tree_lookup(&$0, repository, &oid)
            }
            tree = made
            count = git_tree_entrycount(made)
        }

        deinit { if let tree { git_tree_free(tree) } }

        func entry(_ index: Int) -> Entry? {
            guard index < count, let entry = git_tree_entry_byindex(tree, index),
                let name = git_tree_entry_name(entry), let oid = git_tree_entry_id(entry)
            else { return nil }
            return Entry(name: name, length: strlen(name), mode: git_tree_entry_filemode_raw(entry), oid: oid.pointee)
        }
    }

    /// Borrowed from a `Tree`.
    private struct Entry {
        let name: UnsafePointer<CChar>
        let length: Int
        let mode: git_filemode_t
        let oid: git_oid

        var isFolder: Bool { mode.rawValue & 0o170000 == GIT_FILEMODE_TREE.rawValue }

        /// Below 0: the old one comes first, and has nothing beside it.
        static func order(_ old: Entry?, _ new: Entry?) -> Int {
            guard let old else { return 1 }
            return new.map(old.compared) ?? -1
        }

        func compared(with other: Entry) -> Int {
            let common = min(length, other.length)
            let order = memcmp(name, other.name, common)
            if order != 0 { return Int(order) }
            return Int(byte(at: common)) - Int(other.byte(at: common))
        }

        /// Behind the name stands a `/` of a folder, else nothing.
        private func byte(at index: Int) -> UInt8 {
            index < length ? UInt8(bitPattern: name[index]) : isFolder ? UInt8(ascii: "/") : 0
        }

        func isSame(as other: Entry) -> Bool {
            guard mode == other.mode else { return false }
            var (one, two) = (oid, other.oid)
            return git_oid_equal(&one, &two) != 0
        }
    }
}
