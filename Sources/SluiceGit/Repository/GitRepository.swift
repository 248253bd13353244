import Clibgit2
import Glibc
import SluiceModel

/// An open repository. Reads objects and references; writes nothing but our own pins and configuration.
package struct GitRepository: Sendable {
    let handle: RepositoryHandle

    /// The repository's own git folder, absolute; of a linked worktree `…/.git/worktrees/NAME`.
    package let gitDirectory: String
    /// The folder that all worktrees of the repository share, absolute: the repository's identity.
    package let commonDirectory: String
    package let isBare: Bool
    /// The top of the working tree, absolute; nil of a bare repository.
    package let workTree: String?

    init(handle: RepositoryHandle) throws(GitError) {
        self.handle = handle
        let (own, common, isBare, work) = try handle.withPointer { (repository) throws(GitError) in
            (
                Self.folder(git_repository_path(repository)), Self.folder(git_repository_commondir(repository)),
                git_repository_is_bare(repository) != 0, Self.folder(git_repository_workdir(repository))
            )
        }
        guard let own else { throw GitError(.failed, "libgit2 does not say where the repository is") }
        gitDirectory = own
        commonDirectory = common ?? own
        self.isBare = isBare
        workTree = work
    }

    /// Whether history ends early here (`git clone --depth`): ancestry may then be unknown.
    package var isShallow: Bool {
        var status = stat()
        return stat(commonDirectory + "/shallow", &status) == 0 && status.st_size > 0
    }

    /// The files of a tree, by the tree's oid.
    package func tree(_ oid: ObjectID) throws(GitError) -> GitTree {
        let raw = try oid.raw()
        try handle.withPointer { (repository) throws(GitError) in
            try GitObjects(repository: repository).require(raw, type: GIT_OBJECT_TREE, oid: oid)
        }
        return GitTree(handle: handle, root: oid)
    }

    /// The files of the working tree as they are now: tracked and untracked, not ignored.
    package func worktree() throws(GitError) -> WorktreeTree {
        guard let workTree else {
            throw GitError(.invalid, "a bare repository has no working tree", hint: "name a commit instead")
        }
        return try WorktreeTree(handle: handle, top: workTree)
    }

    /// An absolute folder without the slash that libgit2 ends it with.
    private static func folder(_ path: UnsafePointer<CChar>?) -> String? {
        guard let path else { return nil }
        let text = String(cString: path)
        return text.utf8.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
