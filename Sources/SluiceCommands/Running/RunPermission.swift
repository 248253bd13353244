import SluiceExecution
import SluiceModel

/// Whether and how stages of a run may start on this machine. The one place where trust decides that.
///
/// What the operator trusts runs as the service user: both when it was queued and now, for he may have changed his mind
/// in between. What he does not trust runs behind a strict wall, where he said that it may and where there is one
/// (docs/adr/0013-what-is-not-trusted-runs-behind-a-wall.md).
enum RunPermission: Equatable {
    case asServiceUser
    /// Only behind a strict sandbox: what whoever pushed it should know.
    case walledIn(String)
    /// Planned and gated, and nothing of it is started: why, and what would change it.
    case planOnly(String, hint: String)

    static func of(_ revision: Revision, in context: RepositoryContext) -> RunPermission {
        let name = revision.reference?.short ?? revision.oid.short
        guard !revision.isTrusted else {
            let isTrustedNow = revision.reference.map { context.isTrusted($0) } ?? true
            return isTrustedNow ? .asServiceUser : .planOnly(withdrawn(name), hint: "push again: it is judged anew")
        }
        guard let terms = context.configuration.untrusted, terms.runs else {
            return .planOnly(
                "\(name) is not trusted here: planned and gated only, nothing of it runs",
                hint: "the operator can trust it (`trust`), or let it run walled in (`untrusted: { run: true }`)")
        }
        if let obstacle = SandboxSettings.obstacle(searchPath: context.searchPath) {
            return .planOnly(
                "\(name) is not trusted here, and its strict sandbox cannot be had: \(obstacle.message)",
                hint: obstacle.hint ?? "the operator can trust it (`trust`)")
        }
        let network = terms.hasNetwork ? "" : ", without network"
        return .walledIn("\(name) is not trusted here: it runs in a strict sandbox\(network), for itself alone")
    }

    private static func withdrawn(_ name: String) -> String {
        "\(name) is not trusted here any more: planned and gated only, nothing of it runs"
    }
}
