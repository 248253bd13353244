import SluiceModel

/// Whether stages of a run may start on this machine. The one place where trust decides that.
///
/// Stages run with the rights of the service user, so only what the operator trusts runs: both when it was queued and
/// now, for he may have changed his mind in between. Where a strict sandbox is in force, a third case belongs here:
/// what is not trusted runs in it.
enum RunPermission: Equatable {
    case asServiceUser
    /// Planned and gated, and nothing of it is started: why, for whoever pushed it.
    case planOnly(String)

    static func of(_ revision: Revision, in context: RepositoryContext) -> RunPermission {
        let isTrustedNow = revision.reference.map { context.isTrusted($0) } ?? true
        if revision.isTrusted && isTrustedNow { return .asServiceUser }
        let name = revision.reference?.short ?? revision.oid.short
        return .planOnly("\(name) is not trusted here: planned and gated only, nothing of it runs")
    }
}
