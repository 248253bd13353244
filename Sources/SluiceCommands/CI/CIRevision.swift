import SluiceModel

/// The commit that a job is about.
struct CIRevision {
    let context: RepositoryContext
    let job: CIJob

    /// CI systems check commits out without their reference; the event says it. A commit that the event is not about has
    /// no part in it: it bears its own name and is not trusted.
    func open(_ meaning: Meaning) throws -> OpenRevision {
        var opened = try meaning.choice.open(in: context)
        guard let commit = job.commit else { return opened }
        guard job.isAbout(opened.revision.oid) else {
            opened.revision.isTrusted = false
            return opened
        }
        opened.revision.reference = job.reference
        opened.revision.isTrusted = commit == opened.revision.oid && context.isTrusted(job.reference)
        return opened
    }
}
