import Clibgit2
import SluiceModel

/// Looks objects up while the repository is held; the pointer is borrowed from `RepositoryHandle.withPointer`.
struct GitObjects {
    let repository: OpaquePointer

    /// Throws `.notFound` unless the object is there, `.invalid` unless it has the type.
    func require(_ raw: git_oid, type: git_object_t, oid: ObjectID) throws(GitError) {
        let found = try header(raw, oid: oid).type
        guard found == type else {
            throw GitError(.invalid, "object \(oid.short) is a \(Self.word(found)), not a \(Self.word(type))")
        }
    }

    /// Type and size without the content.
    func header(_ raw: git_oid, oid: ObjectID) throws(GitError) -> (type: git_object_t, size: Int) {
        let store = try LibGit2.made("open the object store") { git_repository_odb(&$0, repository) }
        defer { git_odb_free(store) }
        var raw = raw
        var size = 0
        var type = GIT_OBJECT_INVALID
        try LibGit2.check(git_odb_read_header(&size, &type, store, &raw), "read object \(oid.short)")
        return (type, size)
    }

    func exists(_ raw: git_oid) throws(GitError) -> Bool {
        let store = try LibGit2.made("open the object store") { git_repository_odb(&$0, repository) }
        defer { git_odb_free(store) }
        var raw = raw
        return git_odb_exists(store, &raw) == 1
    }

    /// The commit that an object is, or that a tag leads to. `.notACommit` for blobs, trees and tags of these.
    func commit(_ raw: git_oid) throws(GitError) -> Commit {
        try withCommit(raw) { (pointer) throws(GitError) in
            guard let oid = git_commit_id(pointer), let tree = git_commit_tree_id(pointer) else {
                throw GitError(.failed, "libgit2 returned a commit without a name")
            }
            let seconds = min(max(0, git_commit_time(pointer)), Self.endOfYear9999)
            return Commit(
                oid: ObjectID(oid), tree: ObjectID(tree), committed: Timestamp(milliseconds: seconds * 1000))
        }
    }

    /// The n-th parent (1 is the first); nil where the commit has fewer, `.notFound` where it is not here.
    func parent(_ number: Int, of raw: git_oid) throws(GitError) -> git_oid? {
        try withCommit(raw) { (pointer) throws(GitError) in
            guard number >= 1, number <= Int(git_commit_parentcount(pointer)),
                let parent = git_commit_parent_id(pointer, UInt32(number - 1))
            else { return nil }
            return parent.pointee
        }
    }

    func parents(of raw: git_oid) throws(GitError) -> [git_oid] {
        try withCommit(raw) { (pointer) throws(GitError) in
            (0..<git_commit_parentcount(pointer)).compactMap { git_commit_parent_id(pointer, $0)?.pointee }
        }
    }

    private func withCommit<T>(
        _ raw: git_oid, _ body: (OpaquePointer) throws(GitError) -> T
    ) throws(GitError) -> T {
        var raw = raw
        let name = ObjectID(&raw).short
        let object = try LibGit2.made("read object \(name)") {
            git_object_lookup(&$0, repository, &raw, GIT_OBJECT_ANY)
        }
        defer { git_object_free(object) }
        var peeled: OpaquePointer?
        let status = git_object_peel(&peeled, object, GIT_OBJECT_COMMIT)
        guard status == 0, let peeled else {
            if status == GIT_ENOTFOUND.rawValue {
                throw LibGit2.failure(status, "follow the tag \(name) to its commit")
            }
            throw GitError(.notACommit, "\(name) is \(Self.described(object)), not a commit")
        }
        defer { git_object_free(peeled) }
        return try body(peeled)
    }

    private static func described(_ object: OpaquePointer) -> String {
        let type = git_object_type(object)
        guard type == GIT_OBJECT_TAG else { return "a " + word(type) }
        return "a tag of a " + word(git_tag_target_type(object))
    }

    private static func word(_ type: git_object_t) -> String {
        switch type {
        case GIT_OBJECT_COMMIT: "commit"
        case GIT_OBJECT_TREE: "tree"
        case GIT_OBJECT_BLOB: "blob"
        case GIT_OBJECT_TAG: "tag"
        default: "something unknown"
        }
    }

    /// 9999-12-31T23:59:59Z in seconds since 1970.
    private static let endOfYear9999: Int64 = 253_402_300_799
}
