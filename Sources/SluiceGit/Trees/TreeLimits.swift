/// How large a commit may be before it is refused: a few kilobytes of tree objects can unfold into billions of paths.
enum TreeLimits {
    static let entries = 1_000_000
    /// Folders in folders; each level is an open descriptor while a snapshot is written.
    static let depth = 128
    /// Bytes of a path, as in Linux.
    static let path = 4096
    /// More than this is reported as "everything changed".
    static let changedPaths = 100_000
}
