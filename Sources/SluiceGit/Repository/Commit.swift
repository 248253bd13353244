import SluiceModel

/// A commit as it is needed to make a `Revision`.
package struct Commit: Sendable, Hashable {
    package var oid: ObjectID
    package var tree: ObjectID
    /// The committer's time, clamped to the years 1970 to 9999: a commit may claim any.
    package var committed: Timestamp

    package init(oid: ObjectID, tree: ObjectID, committed: Timestamp) {
        self.oid = oid
        self.tree = tree
        self.committed = committed
    }
}
