import Glibc
import SluiceModel

/// The repository of a server-side hook, by git's own word: nothing of it is opened, so that it can be told also
/// where the hook runs as another user than the repository's owner.
enum HookRepository {
    static func current() throws(CommandFailure) -> Repository {
        let named = ProcessEnvironment["GIT_DIR"] ?? "."
        guard let resolved = realpath(named, nil) else {
            throw CommandFailure(.storage, "there is no git directory `\(named)`: \(Files.lastError())")
        }
        defer { free(resolved) }
        return Repository(gitDirectory: String(cString: resolved), isBare: true)
    }
}
