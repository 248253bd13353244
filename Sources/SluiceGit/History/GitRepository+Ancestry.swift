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
        guard status < 0 || isShallow else { return false }
        return try isReachedDespiteGaps(old.oid, from: new.oid) ? true : nil
    }

    /// libgit2 gives up at the first missing parent, although the answer may lie before it: looks at what is here.
    private func isReachedDespiteGaps(_ ancestor: ObjectID, from start: ObjectID) throws(GitError) -> Bool {
        var seen: Set<ObjectID> = [start]
        var waiting = [start]
        while let oid = waiting.popLast(), seen.count < Self.longestSearch {
            if oid == ancestor { return true }
            for parent in try parents(of: oid) where seen.insert(parent).inserted { waiting.append(parent) }
        }
        return false
    }

    /// None where the commit itself is missing.
    private func parents(of oid: ObjectID) throws(GitError) -> [ObjectID] {
        let raw = try oid.raw()
        return try handle.withPointer { (repository) throws(GitError) in
            let objects = GitObjects(repository: repository)
            guard try objects.exists(raw) else { return [] }
            return try objects.parents(of: raw).map { parent in
                var parent = parent
                return ObjectID(&parent)
            }
        }
    }

    /// Commits that are looked at one by one before an answer is given up.
    private static var longestSearch: Int { 100_000 }

    /// The best common ancestor.
    package func mergeBase(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> MergeBase {
        guard let (left, right) = try commits(one, other) else { return .unknown }
        var (leftRaw, rightRaw) = (try left.oid.raw(), try right.oid.raw())
        let hasGaps = isShallow
        return try handle.withPointer { (repository) throws(GitError) in
            var base = git_oid()
            let status = git_merge_base(&base, repository, &leftRaw, &rightRaw)
            guard status != GIT_ENOTFOUND.rawValue else {
                // The same code for "no base" and "a parent is missing"; the object store complains of the latter.
                return hasGaps || LibGit2.isLastError(of: GIT_ERROR_ODB) ? .unknown : .none
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
}
