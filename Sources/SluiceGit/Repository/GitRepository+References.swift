import Clibgit2
import SluiceModel

extension GitRepository {
    /// Every reference by name, HEAD not among them, sorted by bytes.
    package func references() throws(GitError) -> [Reference] {
        try handle.withPointer { (repository) throws(GitError) in
            try ReferenceStore(repository: repository).names()
        }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// The branch that others merge into: of a bare repository the one that HEAD names, of a working one that of
    /// `origin`, else `init.defaultBranch`, `main` or `master` if it is there, else the one that HEAD names.
    package var defaultBranch: Reference? {
        if !isBare {
            let origin = Array("refs/remotes/origin/".utf8)
            if let name = symbolicTarget(of: "refs/remotes/origin/HEAD"), name.bytes.starts(with: origin) {
                return Reference(bytes: Array("refs/heads/".utf8) + name.bytes.dropFirst(origin.count))
            }
            let names = [configuration("init.defaultBranch"), "main", "master"].compactMap(\.self)
            for name in names.map({ Reference("refs/heads/" + $0) }) where (try? target(of: name)) != nil {
                return name
            }
        }
        guard let head = symbolicTarget(of: "HEAD"), head.bytes.starts(with: Array("refs/heads/".utf8)) else {
            return nil
        }
        return head
    }

    /// What HEAD names, whether or not there is a commit; nil where it is detached.
    package var headReference: Reference? { symbolicTarget(of: "HEAD") }

    /// Keeps a commit from being pruned while a run needs it, under `refs/sluice/runs/<id>`.
    package func pin(_ oid: ObjectID, forRun run: Int64) throws(GitError) {
        let raw = try oid.raw()
        try handle.withPointer { (repository) throws(GitError) in
            var raw = raw
            let reference = try LibGit2.made("pin commit \(oid.short) for run \(run)") {
                git_reference_create(&$0, repository, Self.pinName(run), &raw, 1, nil)
            }
            git_reference_free(reference)
        }
    }

    /// Takes the pin away; none is fine.
    package func unpin(run: Int64) throws(GitError) {
        try handle.withPointer { (repository) throws(GitError) in
            let status = git_reference_remove(repository, Self.pinName(run))
            guard status != GIT_ENOTFOUND.rawValue else { return }
            try LibGit2.check(status, "remove the pin of run \(run)")
        }
    }

    /// Where a reference leads, symbolic ones followed: the last one's name and its object (tags not peeled). nil
    /// where it does not exist, leads nowhere, or cannot be a name.
    func target(of reference: Reference) throws(GitError) -> (name: Reference, oid: ObjectID)? {
        try handle.withPointer { (repository) throws(GitError) in
            try ReferenceStore(repository: repository).target(of: reference)
        }
    }

    private func symbolicTarget(of name: String) -> Reference? {
        try? handle.withPointer { (repository) throws(GitError) in
            ReferenceStore(repository: repository).symbolicTarget(of: name)
        }
    }

    private static func pinName(_ run: Int64) -> String { "refs/sluice/runs/\(run)" }
}
