import Glibc
import SluiceModel

/// A state folder for one process alone. What a process that was killed has left goes when the next one makes its own.
package final class TemporaryState: Sendable {
    package let folder: StateFolder
    package let store: Store
    private let owner: HeldLock

    private static let prefix = "sluice-state-"
    /// Seconds after which a folder without an owner's lock has none: nobody needs so long to take it.
    private static let unowned: Int = 3600

    /// Below a folder of this machine, which others may write to if it is sticky.
    package init(below parent: String) throws(StoreError) {
        Self.sweep(parent)
        folder = StateFolder(path: try Self.makeFolder(below: parent))
        store = try Store.open(folder)
        owner = try Self.hold(Self.lock(of: folder.path))
    }

    private static func hold(_ path: String) throws(StoreError) -> HeldLock {
        guard let lock = try HeldLock.tryHold(path) else {
            throw StoreError(.conflict, "\(path) is held by another process")
        }
        return lock
    }

    /// While it is still held: nobody else takes it for left.
    package func remove() { withExtendedLifetime(owner) { try? TreeRemoval.remove(folder.path) } }

    private static func lock(of folder: String) -> String { StateFolder(path: folder).locks + "/owner" }

    private static func makeFolder(below parent: String) throws(StoreError) -> String {
        let pattern = "\(parent)/\(prefix)XXXXXX"
        guard let made = makeTemporaryFolder(pattern) else { throw FileError("make", pattern).storeError }
        return made
    }

    /// Only real folders of this user, which nobody else can have put there.
    private static func sweep(_ parent: String) {
        for name in FolderNames.all(in: parent) where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.isFolder, status.st_uid == geteuid() else { continue }
            guard access(lock(of: path), F_OK) == 0 else {
                if time(nil) - status.st_mtim.tv_sec > unowned { try? TreeRemoval.remove(path) }
                continue
            }
            guard let held = try? HeldLock.tryHold(lock(of: path)) else { continue }
            withExtendedLifetime(held) { try? TreeRemoval.remove(path) }
        }
    }
}
