/// How an attempt's workspace was filled with files of the commit.
package enum SnapshotKind: String, Sendable, Codable, CaseIterable {
    /// Every file was written for it.
    case copy
    /// A tree that is kept lies below, read-only; what differs, and what the attempt writes, lies above.
    case overlay
}
