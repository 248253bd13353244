import Clibgit2
import SluiceModel

extension GitRepository {
    /// What a push changed on `reference`: compared with the old commit; for a new or forced reference with the merge
    /// base of the default branch. Without anything to compare with, everything.
    ///
    /// A new or forced default branch cannot be compared with itself: forced, it is compared with where it left its
    /// old history. Where `reference` is nil and the default branch is at `new` itself, that is assumed.
    package func changedPaths(
        pushed new: ObjectID, replacing old: ObjectID?, on reference: Reference? = nil
    ) throws(GitError) -> ChangedPaths {
        let base = try comparisonBase(of: new, replacing: old, on: reference, defaultBranch: defaultBranch)
        guard case .commit(let oid) = base else { return .everything }
        return try changedPaths(from: oid, to: new)
    }

    /// What a pushed commit is compared with (the rule of `changedPaths(pushed:replacing:on:)`).
    package func comparisonBase(
        of new: ObjectID, replacing old: ObjectID?, on reference: Reference?, defaultBranch branch: Reference?
    ) throws(GitError) -> MergeBase {
        let new = try resolve(new)
        let named = old.flatMap { $0.isZero ? nil : $0 }
        let old: Commit? = if let named { try commitIfPresent(named) } else { nil }
        if let old, try isAncestor(old.oid, of: new.oid) != false { return .commit(old.oid) }
        let tip: ObjectID? = if let branch { try tip(of: branch) } else { nil }
        let isDefault = reference.map { $0 == branch } ?? (tip == new.oid)
        let other = isDefault ? old?.oid : tip
        let isCutOff = named != nil && old == nil && isShallow
        guard let other else { return isCutOff || isShallow && !isDefault ? .unknown : .none }
        return try mergeBase(new.oid, other)
    }

    /// Where a branch is: here, else where `origin` has it.
    package func tip(of branch: Reference) throws(GitError) -> ObjectID? {
        if let oid = try target(of: branch)?.oid { return oid }
        let heads = Array("refs/heads/".utf8)
        guard branch.bytes.starts(with: heads) else { return nil }
        let remote = Array("refs/remotes/origin/".utf8) + branch.bytes.dropFirst(heads.count)
        return try target(of: Reference(bytes: remote))?.oid
    }

    /// What differs between two commits, whatever lies between them.
    package func changedPaths(from old: ObjectID, to new: ObjectID) throws(GitError) -> ChangedPaths {
        try changedPaths(fromTree: resolve(old).tree, toTree: resolve(new).tree)
    }

    /// What a commit changed; everything where it has no parent, or the parent is not here.
    package func changedPathsFromFirstParent(of oid: ObjectID) throws(GitError) -> ChangedPaths {
        let commit = try resolve(oid)
        guard let parentID = try parentID(1, of: commit.oid), let parent = try commitIfPresent(parentID) else {
            return .everything
        }
        return try changedPaths(fromTree: parent.tree, toTree: commit.tree)
    }

    /// Whether a commit is in this clone.
    package func hasCommit(_ oid: ObjectID) throws(GitError) -> Bool { try commitIfPresent(oid) != nil }

    /// nil where the object is missing or no commit.
    private func commitIfPresent(_ oid: ObjectID) throws(GitError) -> Commit? {
        do throws(GitError) {
            return try resolve(oid)
        } catch {
            guard error.code == .notFound || error.code == .notACommit else { throw error }
            return nil
        }
    }

    /// Compares names and oids only; renames are a path that goes and one that comes.
    private func changedPaths(fromTree old: ObjectID, toTree new: ObjectID) throws(GitError) -> ChangedPaths {
        if old == new { return .paths([]) }
        let (oldRaw, newRaw) = (try old.raw(), try new.raw())
        return try handle.withPointer { (repository) throws(GitError) in
            try TreeDifference.paths(repository, from: oldRaw, to: newRaw)
        }
    }
}
