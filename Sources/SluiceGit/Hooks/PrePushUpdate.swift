import SluiceModel

/// One line of what git tells `pre-push`.
package struct PrePushUpdate: Sendable, Hashable {
    /// What the person named: a reference, an expression such as `HEAD~1`, or `(delete)`.
    package var local: Reference
    /// All zeros where the remote reference is to be deleted.
    package var localOID: ObjectID
    package var remote: Reference
    /// All zeros where the remote has no such reference.
    package var remoteOID: ObjectID

    package init(local: Reference, localOID: ObjectID, remote: Reference, remoteOID: ObjectID) {
        self.local = local
        self.localOID = localOID
        self.remote = remote
        self.remoteOID = remoteOID
    }

    /// The same as the receiving side will see it.
    package var update: ReferenceUpdate { ReferenceUpdate(old: remoteOID, new: localOID, reference: remote) }
}
