import Clibgit2
import Glibc
import SluiceModel

extension GitRepository {
    /// The repository that `path` is or lies in: a working tree, a linked worktree, a submodule, a bare repository or
    /// a git folder. Variables of git in the environment do not count.
    ///
    /// Errors: `.notARepository`, `.ownership`, `.unsupported` (SHA-256, reftable), `.failed`.
    package static func open(at path: String) throws(GitError) -> GitRepository {
        try LibGit2.start()
        guard !path.utf8.contains(0) else { throw GitError(.invalid, "a path must not contain NUL") }
        return try open(path, flags: 0, named: path)
    }

    /// The repository of the hook that runs us, with the quarantined objects of a push that is being judged: what
    /// `GIT_DIR`, `GIT_OBJECT_DIRECTORY` and their like say, relative to the current folder.
    package static func openFromEnvironment() throws(GitError) -> GitRepository {
        try LibGit2.start()
        let gitDirectory = variable("GIT_DIR")
        guard variable("GIT_WORK_TREE") == nil, variable("GIT_COMMON_DIR") == nil else {
            return try openBesideWorkTree(gitDirectory)
        }
        return try open(
            nil, flags: GIT_REPOSITORY_OPEN_FROM_ENV.rawValue, named: gitDirectory ?? "the current folder")
    }

    /// libgit2 refuses to read the environment where it names a working tree (`git --work-tree`, some `pre-push`).
    private static func openBesideWorkTree(_ gitDirectory: String?) throws(GitError) -> GitRepository {
        let flags = gitDirectory == nil ? 0 : GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
        let path = gitDirectory ?? "."
        let pointer = try opened(path, flags: flags, named: path)
        let handle = RepositoryHandle(owning: pointer)
        try handle.withPointer { (repository) throws(GitError) in
            if let workTree = variable("GIT_WORK_TREE") {
                try LibGit2.check(
                    git_repository_set_workdir(repository, workTree, 0), "use the working tree \(workTree)")
            }
            guard let objects = variable("GIT_OBJECT_DIRECTORY") else { return }
            let odb = try LibGit2.made("open the object store") { git_repository_odb(&$0, repository) }
            defer { git_odb_free(odb) }
            try LibGit2.check(git_odb_add_disk_alternate(odb, objects), "read the objects in \(objects)")
        }
        return try GitRepository(handle: handle)
    }

    private static func open(_ path: String?, flags: UInt32, named name: String) throws(GitError) -> GitRepository {
        try GitRepository(handle: RepositoryHandle(owning: opened(path, flags: flags, named: name)))
    }

    private static func opened(
        _ path: String?, flags: UInt32, named name: String
    ) throws(GitError) -> OpaquePointer {
        var pointer: OpaquePointer?
        let status = git_repository_open_ext(&pointer, path, flags, nil)
        guard status < 0 else {
            guard let pointer else { throw GitError(.failed, "libgit2 opened \(name) without a result") }
            return pointer
        }
        throw refusal(status, path: path ?? variable("GIT_DIR") ?? ".", named: name)
    }

    private static func refusal(_ status: Int32, path: String, named name: String) -> GitError {
        let message = LibGit2.lastMessage
        // Where no `safe.directory` is set at all, libgit2 1.5 says "not found" for a folder of another user, about
        // the configuration.
        let isOwnedByOther =
            status == GIT_EOWNER.rawValue
            || status == GIT_ENOTFOUND.rawValue && LibGit2.isLastError(of: GIT_ERROR_CONFIG)
        if let format = UnreadableFormat.found(at: path) { return format }
        if isOwnedByOther {
            return GitError(
                .ownership, "the git repository of \(name) belongs to another user",
                hint: "`git config --global --add safe.directory \(name)` if you trust it")
        }
        if status == GIT_ENOTFOUND.rawValue {
            return GitError(
                .notARepository, "\(name == "." ? "this folder" : name) is not in a git repository",
                hint: "`git init` makes one")
        }
        return GitError(.failed, "cannot open the git repository of \(name): \(message)")
    }

    /// A variable of the process; empty ones count as unset, as in git.
    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
