import SluiceGit
import SluiceModel

/// What a job's commit is compared with for `changed()` and `paths`, and why: said to the person, never guessed.
struct CIBase: Equatable {
    /// nil: there is nothing to compare with, or nobody can tell here; then everything counts as changed.
    var oid: ObjectID?
    /// Behind `changed since 1a2b3c4d5e, ` or `everything counts as changed: `.
    var reason: String
    var hint: String?

    /// Finds it in a clone that may be cut off: what is missing is `unknown`, with a hint on the clone's depth.
    static func find(for job: CIJob, commit: ObjectID, in git: GitRepository) throws(GitError) -> CIBase {
        guard job.isAbout(commit) else {
            return try parent(of: commit, in: git, job, "its first parent: the job is about another commit")
        }
        switch job.event {
        case .push(let before): return try ofPush(job, commit, replacing: before, in: git)
        case .change(let target): return try ofChange(job, commit, into: target, in: git)
        case .other: return try parent(of: commit, in: git, job, "its first parent")
        }
    }

    private static func ofPush(
        _ job: CIJob, _ commit: ObjectID, replacing before: ObjectID?, in git: GitRepository
    ) throws(GitError) -> CIBase {
        let base = try git.comparisonBase(
            of: commit, replacing: before, on: job.reference, defaultBranch: job.defaultBranch ?? git.defaultBranch)
        switch base {
        case .commit(let oid) where oid == before: return CIBase(oid: oid, reason: "what the push replaced")
        case .commit(let oid): return CIBase(oid: oid, reason: "where it left the default branch")
        case .none: return CIBase(reason: "there is nothing that the push could be compared with")
        case .unknown: return unknown("what the push replaced", job, in: git)
        }
    }

    private static func ofChange(
        _ job: CIJob, _ commit: ObjectID, into target: CIJob.Target, in git: GitRepository
    ) throws(GitError) -> CIBase {
        if let base = target.mergeBase, try git.hasCommit(base) {
            return CIBase(oid: base, reason: "where the request left its target")
        }
        if target.isMerged, commit == job.commit, let parent = try git.parentID(1, of: commit),
            try git.parentID(2, of: commit) != nil
        {
            guard try git.hasCommit(parent) else { return unknown("the target that it was merged into", job, in: git) }
            return CIBase(oid: parent, reason: "the target that it was merged into")
        }
        let branch = try target.branch.flatMap { (name) throws(GitError) in try git.tip(of: name) }
        for tip in [branch, target.tip].compactMap(\.self) {
            switch try git.mergeBase(commit, tip) {
            case .commit(let oid): return CIBase(oid: oid, reason: "where the request left its target")
            case .none: return CIBase(reason: "it has nothing in common with its target")
            case .unknown: continue
            }
        }
        return unknown("where the request left its target", job, in: git)
    }

    private static func parent(
        of commit: ObjectID, in git: GitRepository, _ job: CIJob, _ reason: String
    ) throws(GitError) -> CIBase {
        guard let parent = try git.parentID(1, of: commit) else { return CIBase(reason: "it has no parent") }
        guard try git.hasCommit(parent) else { return unknown("its first parent", job, in: git) }
        return CIBase(oid: parent, reason: reason)
    }

    private static func unknown(_ what: String, _ job: CIJob, in git: GitRepository) -> CIBase {
        guard git.isShallow else { return CIBase(reason: "\(what) is not in this clone") }
        return CIBase(reason: "\(what) is not in this shallow clone", hint: depthHint(job.system))
    }

    /// The setting that brings the rest of the history.
    private static func depthHint(_ system: CIJob.System) -> String {
        switch system {
        case .github: "give actions/checkout `fetch-depth: 0`"
        case .gitlab: "set the variable `GIT_DEPTH: 0`"
        case .other: "let the system clone without a depth, or run `git fetch --unshallow` before"
        }
    }
}
