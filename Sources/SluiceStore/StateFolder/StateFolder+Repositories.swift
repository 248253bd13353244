import Glibc
import SluiceModel

/// The repositories whose hooks were installed for this state folder, one git directory a line.
///
/// Anybody may write into a shared spool. An event of another user counts only for a repository that is named here,
/// so that nobody can have the service user run a repository of his own.
extension StateFolder {
    private var repositoryList: String { path + "/repositories" }

    package func register(repository gitDirectory: String) throws(StoreError) {
        guard !gitDirectory.contains("\n"), try !registeredRepositories().contains(gitDirectory) else { return }
        do {
            let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW
            let file = try Descriptor.open(repositoryList, flags, mode: 0o600)
            try file.write(Array((gitDirectory + "\n").utf8))
        } catch {
            throw error.storeError
        }
    }

    package func registeredRepositories() throws(StoreError) -> Set<String> {
        do {
            let file = try Descriptor.open(repositoryList, Descriptor.readFlags)
            let text = String(decoding: try file.readAll(limit: 16 << 20) ?? [], as: UTF8.self)
            return Set(text.split(separator: "\n").map(String.init))
        } catch {
            if error.number == ENOENT { return [] }
            throw error.storeError
        }
    }
}
