import Clibgit2
import SluiceModel

/// Clones that leave objects with their remote (`git clone --filter`). The git program fetches them when it misses them,
/// libgit2 does not.
enum PartialClone {
    /// An error with the command that brings what is missing, where that is why; must follow the failed call at once.
    static func explaining(_ error: GitError, _ repository: OpaquePointer) -> GitError {
        guard error.code == .notFound, error.hint == nil, LibGit2.isLastError(of: GIT_ERROR_ODB),
            let remote = remote(of: repository)
        else { return error }
        return GitError(
            error.code, error.message,
            hint: "this is a partial clone; `git fetch --refetch --no-filter \(remote)` brings the rest")
    }

    /// A regular expression; such a remote has promised the objects that are not here.
    private static let promisors = "^remote\\..*\\.promisor$"

    /// Where the missing objects are; nil of a clone that is whole.
    private static func remote(of repository: OpaquePointer) -> String? {
        var configuration: OpaquePointer?
        guard git_repository_config(&configuration, repository) == 0 else { return nil }
        defer { git_config_free(configuration) }
        var iterator: OpaquePointer?
        guard git_config_iterator_glob_new(&iterator, configuration, promisors) == 0 else { return nil }
        defer { git_config_iterator_free(iterator) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        guard git_config_next(&entry, iterator) == 0, let name = entry?.pointee.name else { return nil }
        return String(String(cString: name).dropFirst("remote.".count).dropLast(".promisor".count))
    }
}
