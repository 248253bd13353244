import Clibgit2
import SluiceModel

/// Lists a tree with everything below it. A loop, not a recursion: a commit decides how deep it goes.
///
/// Git sorts a tree as if folders ended in `/`, so walking in order yields paths sorted by their bytes.
struct TreeWalk {
    let repository: OpaquePointer
    private var found: [TreeEntry] = []
    private var open: [Level] = []

    private struct Level {
        let tree: OpaquePointer
        /// The folder's path with a `/` behind it, or nothing.
        let prefix: String
        var next = 0
    }

    init(repository: OpaquePointer) { self.repository = repository }

    mutating func entries(of root: git_oid, at folder: String) throws(GitError) -> [TreeEntry] {
        defer { for level in open { git_tree_free(level.tree) } }
        try descend(root, prefix: folder.isEmpty ? "" : folder + "/")
        while var level = open.popLast() {
            guard let entry = git_tree_entry_byindex(level.tree, level.next) else {
                git_tree_free(level.tree)
                continue
            }
            level.next += 1
            open.append(level)
            try take(entry, prefix: level.prefix)
        }
        return found
    }

    private mutating func take(_ entry: OpaquePointer, prefix: String) throws(GitError) {
        guard let cName = git_tree_entry_name(entry), let oid = git_tree_entry_id(entry) else { return }
        let bytes = CBytes.of(cName)
        guard TreePath.isSafe(component: bytes) else {
            throw TreePath.refusal(of: prefix + TreePath.text(bytes))
        }
        guard let name = CBytes.text(bytes), let kind = GitTree.kind(of: entry) else { return }
        guard kind != .folder else { return try descend(oid.pointee, prefix: prefix + name + "/") }
        guard found.count < TreeLimits.entries else {
            throw GitError(.tooLarge, "the commit has more than \(TreeLimits.entries) files")
        }
        found.append(TreeEntry(path: prefix + name, oid: ObjectID(oid), kind: kind))
    }

    private mutating func descend(_ oid: git_oid, prefix: String) throws(GitError) {
        guard open.count < TreeLimits.depth, prefix.utf8.count <= TreeLimits.path else {
            throw TreePath.refusal(of: prefix)
        }
        var oid = oid
        let tree = try LibGit2.made("read the folder \(prefix)") { git_tree_lookup(&$0, repository, &oid) }
        open.append(Level(tree: tree, prefix: prefix))
    }
}
