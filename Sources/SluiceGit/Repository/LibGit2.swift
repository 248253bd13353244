import Clibgit2
import SluiceModel

/// libgit2's global state, set up once and only where a repository is opened (it costs some milliseconds).
enum LibGit2 {
    private static let count = {
        let count = git_libgit2_init()
        if count > 0 {
            sluice_git_cache_trees(largestCachedTree, cachedBytes)
            // As git does: it hashes what it receives, and what has rotted since fails its checksum (docs/adr/0022).
            sluice_git_read_unhashed()
        }
        return count
    }()

    /// libgit2 keeps no tree above 4 KiB: a plan that looks up each of 10,000 files of one folder would unpack that
    /// folder 10,000 times.
    private static let largestCachedTree = 16 << 20
    /// Bytes of all that libgit2 keeps unpacked.
    private static let cachedBytes = 64 << 20

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

    static func isLastError(of area: git_error_t) -> Bool {
        guard let error = git_error_last() else { return false }
        return error.pointee.klass == Int32(bitPattern: area.rawValue)
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
