/// One revision's files, read from git objects (or, for a worktree, from disk). Reads only; runs no filter.
package protocol TreeReader: Sendable {
    /// nil where there is nothing at the path. Paths are relative, with `/`, without `.` and `..`.
    func entry(at path: String) throws(GitError) -> TreeEntry?
    /// Every file, link and submodule at or below a folder (`""` is the root), sorted by path bytes.
    func entries(under folder: String) throws(GitError) -> [TreeEntry]
    /// A file's bytes; `limit` refuses larger ones with `.tooLarge` before they are read.
    func contents(of entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8]
    /// Bytes of a file, without reading them.
    func size(of entry: TreeEntry) throws(GitError) -> Int64
    /// Writes entries below an existing folder, keeping their paths; regular files only, executable bit kept.
    func snapshot(_ entries: [TreeEntry], into folder: String) throws(GitError)
}
