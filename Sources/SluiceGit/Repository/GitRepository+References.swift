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

/// Reads references while the repository is held.
struct ReferenceStore {
    let repository: OpaquePointer

    func names() throws(GitError) -> [Reference] {
        let iterator = try LibGit2.made("list the references") { git_reference_iterator_new(&$0, repository) }
        defer { git_reference_iterator_free(iterator) }
        var names: [Reference] = []
        while true {
            var name: UnsafePointer<CChar>?
            let status = git_reference_next_name(&name, iterator)
            guard status != GIT_ITEROVER.rawValue else { return names }
            try LibGit2.check(status, "list the references")
            if let name { names.append(Self.reference(name)) }
        }
    }

    func target(of reference: Reference) throws(GitError) -> (name: Reference, oid: ObjectID)? {
        guard let pointer = lookUp(reference) else { return nil }
        defer { git_reference_free(pointer) }
        var resolved: OpaquePointer?
        let status = git_reference_resolve(&resolved, pointer)
        guard status != GIT_ENOTFOUND.rawValue else { return nil }
        try LibGit2.check(status, "follow the reference \(reference.name)")
        defer { git_reference_free(resolved) }
        guard let oid = git_reference_target(resolved), let name = git_reference_name(resolved) else { return nil }
        return (Self.reference(name), ObjectID(oid))
    }

    func symbolicTarget(of name: String) -> Reference? {
        guard let pointer = lookUp(Reference(name)) else { return nil }
        defer { git_reference_free(pointer) }
        return git_reference_symbolic_target(pointer).map(Self.reference)
    }

    /// A name that git would not allow is one that does not exist.
    private func lookUp(_ reference: Reference) -> OpaquePointer? {
        guard !reference.bytes.isEmpty, !reference.bytes.contains(0) else { return nil }
        let name = reference.bytes.map { CChar(bitPattern: $0) } + [0]
        var pointer: OpaquePointer?
        guard git_reference_lookup(&pointer, repository, name) == 0 else { return nil }
        return pointer
    }

    private static func reference(_ name: UnsafePointer<CChar>) -> Reference {
        Reference(bytes: CBytes.of(name))
    }
}
