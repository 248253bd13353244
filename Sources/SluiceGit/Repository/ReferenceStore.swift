import Clibgit2
import SluiceModel

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
