import Clibgit2
import SluiceModel

extension GitRepository {
    /// Whether `ancestor` is `commit` or is reached from it; nil where that cannot be known, because history is cut off
    /// or an object is missing. nil is not "no": a shallow clone must not take every push for a forced one.
    package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool? {
        guard let (old, new) = try commits(ancestor, commit) else { return nil }
        if old.oid == new.oid { return true }
        var (oldRaw, newRaw) = (try old.oid.raw(), try new.oid.raw())
        let status = try handle.withPointer { (repository) throws(GitError) -> Int32 in
            let status = git_graph_descendant_of(repository, &newRaw, &oldRaw)
            guard status != GIT_ENOTFOUND.rawValue else { return status }
            try LibGit2.check(status, "compare \(old.oid.short) with \(new.oid.short)")
            return status
        }
        if status == 1 { return true }
        return status < 0 || isShallow ? nil : false
    }

    /// The best common ancestor.
    package func mergeBase(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> MergeBase {
        guard let (left, right) = try commits(one, other) else { return .unknown }
        var (leftRaw, rightRaw) = (try left.oid.raw(), try right.oid.raw())
        let hasGaps = isShallow
        return try handle.withPointer { (repository) throws(GitError) in
            var base = git_oid()
            let status = git_merge_base(&base, repository, &leftRaw, &rightRaw)
            guard status != GIT_ENOTFOUND.rawValue else {
                // The same code for "no base" and "a parent is missing".
                return hasGaps || Self.isObjectMissing ? .unknown : .none
            }
            try LibGit2.check(status, "find where \(left.oid.short) and \(right.oid.short) meet")
            return .commit(ObjectID(&base))
        }
    }

    /// Whether a commit is reached from any reference that `isWanted` accepts. What cannot be followed to its end
    /// counts as not reached: this decides about trust.
    package func isReachable(
        _ commit: ObjectID, from isWanted: (Reference) throws -> Bool
    ) rethrows -> Bool {
        guard let wanted = try? resolve(commit).oid, let names = try? references() else { return false }
        var tips: Set<ObjectID> = []
        for name in names where try isWanted(name) {
            guard let tip = try? resolve(name).oid else { continue }
            tips.insert(tip)
        }
        if tips.contains(wanted) { return true }
        return (try? isReachable(wanted, fromAny: tips)) ?? false
    }

    private func isReachable(_ commit: ObjectID, fromAny tips: Set<ObjectID>) throws(GitError) -> Bool {
        guard !tips.isEmpty else { return false }
        var raw = try commit.raw()
        var rawTips: [git_oid] = []
        for tip in tips { rawTips.append(try tip.raw()) }
        return try handle.withPointer { (repository) throws(GitError) in
            let status = git_graph_reachable_from_any(repository, &raw, rawTips, rawTips.count)
            try LibGit2.check(status, "look for \(commit.short) in the history of \(tips.count) references")
            return status == 1
        }
    }

    /// Both commits with tags followed; nil where one is not here.
    private func commits(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> (Commit, Commit)? {
        do throws(GitError) {
            return (try resolve(one), try resolve(other))
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// libgit2 sets its odb class where an object is missing, and another where there is no merge base.
    private static var isObjectMissing: Bool {
        guard let error = git_error_last() else { return false }
        return error.pointee.klass == Int32(bitPattern: GIT_ERROR_ODB.rawValue)
    }
}
