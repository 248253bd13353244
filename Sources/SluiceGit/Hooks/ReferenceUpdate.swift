import SluiceModel

/// One line of what git tells `pre-receive` and `post-receive`. Nothing in it marks a forced push: whether `old` is an
/// ancestor of `new` says it (`GitRepository.isAncestor`). Act on `new`, never on what the reference says by now.
package struct ReferenceUpdate: Sendable, Hashable {
    package enum Kind: Sendable { case creation, deletion, change }

    /// All zeros where the reference is new.
    package var old: ObjectID
    /// All zeros where it is deleted. Of an annotated tag the tag object, not its commit.
    package var new: ObjectID
    package var reference: Reference

    package init(old: ObjectID, new: ObjectID, reference: Reference) {
        self.old = old
        self.new = new
        self.reference = reference
    }

    package var kind: Kind {
        if new.isZero { return .deletion }
        return old.isZero ? .creation : .change
    }

    /// Our own pins and notes about commits: what they hold is no work of a person that a pipeline should judge.
    package var isBookkeeping: Bool { reference.isBookkeeping }
}

extension Reference {
    /// Below `refs/sluice/` or `refs/notes/`.
    package var isBookkeeping: Bool {
        ["refs/sluice/", "refs/notes/"].contains { bytes.starts(with: $0.utf8) }
    }
}
