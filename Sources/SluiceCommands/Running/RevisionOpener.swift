import SluiceGit
import SluiceModel
import SluicePlanning

/// Finds the commit that is meant, and what it changed.
struct RevisionOpener: Sendable {
    let context: RepositoryContext

    /// A commit by oid, as a hook names it: by the pushed oid, never by what the reference says now.
    func open(_ oid: ObjectID, reference: Reference?) throws -> OpenRevision {
        let commit = try context.git.resolve(oid)
        return try opened(commit, reference: reference, isTrusted: context.isTrusted(reference))
    }

    /// A commit by the word of a person: HEAD, a branch, a tag, an oid.
    func open(named text: String) throws -> OpenRevision {
        let (commit, reference) = try context.git.resolve(named: text)
        guard reference == nil else {
            return try opened(commit, reference: reference, isTrusted: context.isTrusted(reference))
        }
        // Named by oid: as trusted as the references that lead to it.
        let isTrusted = context.git.isReachable(commit.oid) { context.isTrusted($0) }
        return try opened(commit, reference: nil, isTrusted: isTrusted)
    }

    /// A commit where one is named, else what is there: the working tree, or HEAD of a bare repository.
    func open(namedOrWorktree text: String?) throws -> OpenRevision {
        try context.git.isBare || text != nil ? open(named: text ?? "HEAD") : openWorktree()
    }

    /// The uncommitted state of a working repository, on top of HEAD; of all zeros where nothing was committed yet.
    func openWorktree() throws -> OpenRevision {
        guard !context.git.isBare else {
            throw CommandFailure(.usage, "a bare repository has no working tree", hint: "leave --worktree out")
        }
        let (commit, reference) = try head()
        let tree = try context.git.worktree()
        let revision = Revision(
            oid: commit.oid, tree: commit.tree, committed: commit.committed, reference: reference,
            isTrusted: context.isTrusted(reference), isWorktree: true)
        return OpenRevision(revision: revision, tree: tree)
    }

    /// The commit of an ended run, as the operator's rules see it now: like one that is named by its oid.
    func asTrustedNow(_ revision: Revision) throws -> Revision {
        let commit = try context.git.resolve(revision.oid)
        var revision = revision
        revision.isTrusted = context.git.isReachable(commit.oid) { context.isTrusted($0) }
        return revision
    }

    private func head() throws(GitError) -> (Commit, Reference?) {
        do throws(GitError) {
            return try context.git.resolve(named: "HEAD")
        } catch {
            guard error.code == .unborn else { throw error }
            let nothing = Commit(oid: .zero, tree: .zero, committed: Timestamp(milliseconds: 0))
            return (nothing, context.git.headReference)
        }
    }

    /// The files of a revision that a record holds.
    func reopen(_ revision: Revision) throws -> OpenRevision {
        if revision.isWorktree { return try openWorktree() }
        return OpenRevision(revision: revision, tree: try context.git.tree(revision.tree))
    }

    /// What counts as changed (the rule of `paths` and `changed()`).
    func changes(
        to revision: Revision, from previous: ObjectID?, trigger: Trigger, since: ObjectID?
    ) throws -> ChangedPaths {
        guard !revision.oid.isZero else { return .everything }
        if let since { return try context.git.changedPaths(from: since, to: revision.oid) }
        switch trigger {
        case .push, .prePush, .preReceive:
            return try context.git.changedPaths(
                pushed: revision.oid, replacing: previous, on: revision.reference)
        case .ci where previous?.isZero == true: return .everything
        case .manual, .ci:
            return try context.git.changedPathsFromFirstParent(of: revision.oid)
        }
    }

    private func opened(_ commit: Commit, reference: Reference?, isTrusted: Bool) throws -> OpenRevision {
        let revision = Revision(
            oid: commit.oid, tree: commit.tree, committed: commit.committed, reference: reference,
            isTrusted: isTrusted)
        return OpenRevision(revision: revision, tree: try context.git.tree(commit.tree))
    }
}
