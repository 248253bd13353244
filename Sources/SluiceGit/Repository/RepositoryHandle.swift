import Clibgit2
import SluiceModel
import Synchronization

/// The one owner of an open libgit2 repository.
///
/// libgit2 lets an object be used by one thread at a time, and an `OpaquePointer` is not `Sendable`. So the pointer is
/// kept as its bit pattern inside a mutex, is a pointer again only while the mutex is held, and never leaves
/// `withPointer`: what a body returns is a `Sendable` value, never a handle.
final class RepositoryHandle: Sendable {
    private let address: Mutex<UInt>

    /// Takes over a pointer from `git_repository_open…`; freed with this object.
    init(owning pointer: OpaquePointer) {
        address = Mutex(UInt(bitPattern: pointer))
    }

    deinit {
        address.withLock { git_repository_free(OpaquePointer(bitPattern: $0)) }
    }

    /// Runs `body` with the repository to itself. Not reentrant.
    func withPointer<T: Sendable>(_ body: (OpaquePointer) throws(GitError) -> T) throws(GitError) -> T {
        try address.withLock { (bits) throws(GitError) -> T in
            guard let pointer = OpaquePointer(bitPattern: bits) else {
                preconditionFailure("a repository handle lost its pointer")
            }
            do throws(GitError) {
                return try body(pointer)
            } catch {
                throw PartialClone.explaining(error, pointer)
            }
        }
    }
}
