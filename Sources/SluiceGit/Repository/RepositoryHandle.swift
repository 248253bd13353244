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
            return try body(pointer)
        }
    }
}

/// libgit2's global state, set up once and only where a repository is opened (it costs some milliseconds).
enum LibGit2 {
    private static let count = git_libgit2_init()

    static func start() throws(GitError) {
        guard count > 0 else { throw GitError(.failed, "libgit2 cannot be initialised") }
    }

    /// Throws what libgit2 says about a failed call. Must follow the call at once, on its thread.
    static func check(
        _ status: Int32, _ doing: @autoclosure () -> String, code: GitError.Code = .failed
    ) throws(GitError) {
        guard status < 0 else { return }
        throw failure(status, doing(), code: code)
    }

    static func failure(_ status: Int32, _ doing: String, code: GitError.Code = .failed) -> GitError {
        GitError(status == GIT_ENOTFOUND.rawValue ? .notFound : code, "cannot \(doing): \(lastMessage)")
    }

    static var lastMessage: String {
        guard let error = git_error_last(), let text = error.pointee.message else { return "libgit2 gives no reason" }
        return String(cString: text)
    }

    /// An object that a call made, or its error.
    static func made(
        _ doing: @autoclosure () -> String, _ call: (inout OpaquePointer?) -> Int32
    ) throws(GitError) -> OpaquePointer {
        var pointer: OpaquePointer?
        try check(call(&pointer), doing())
        guard let pointer else { throw GitError(.failed, "cannot \(doing()): libgit2 returned nothing") }
        return pointer
    }
}
