/// A resolved commit, and whether what runs is the commit or the uncommitted state on top of it.
package struct Revision: Hashable, Sendable, Codable {
    package var oid: ObjectID
    package var tree: ObjectID
    package var committed: Timestamp
    /// The reference by which the commit was named; nil for a bare oid.
    package var reference: Reference?
    /// Whether the operator's rules trust it: only then secrets, deploys and shared cache entries.
    package var isTrusted: Bool
    /// Whether the working tree's uncommitted state is meant instead of the commit's.
    package var isWorktree: Bool

    package init(
        oid: ObjectID, tree: ObjectID, committed: Timestamp, reference: Reference?, isTrusted: Bool,
        isWorktree: Bool = false
    ) {
        self.oid = oid
        self.tree = tree
        self.committed = committed
        self.reference = reference
        self.isTrusted = isTrusted
        self.isWorktree = isWorktree
    }
}
