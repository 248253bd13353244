/// What differs between two revisions, for `paths` filters and `changed()`.
package enum ChangedPaths: Sendable, Equatable {
    /// There is nothing to compare with.
    case everything
    case paths([String])
}
