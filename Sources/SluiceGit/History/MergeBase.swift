import SluiceModel

/// Where two commits' histories meet.
package enum MergeBase: Sendable, Equatable {
    case commit(ObjectID)
    /// Unrelated histories.
    case none
    /// History is cut off (shallow clone) or an object is missing: nobody can tell here.
    case unknown
}
