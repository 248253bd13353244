import SluiceModel

/// `revision` of plans and runs.
struct RevisionJSON: Encodable {
    private let oid: String
    private let reference: OrNull<String>
    /// The name's bytes in base64, only where they are not UTF-8.
    private let referenceBytes: String?
    private let trusted, worktree: Bool

    init(_ revision: Revision) {
        oid = revision.oid.hex
        reference = OrNull(revision.reference?.name)
        referenceBytes = revision.reference.flatMap { $0.isUTF8 ? nil : JSONText.base64($0.bytes) }
        trusted = revision.isTrusted
        worktree = revision.isWorktree
    }

    private enum CodingKeys: String, CodingKey {
        case oid, reference, trusted, worktree
        case referenceBytes = "reference_bytes"
    }
}
