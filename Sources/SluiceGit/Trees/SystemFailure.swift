import Glibc
import SluiceModel

/// What the system says about a call that failed just now.
enum SystemFailure {
    static func now(_ doing: String, code: GitError.Code = .failed) -> GitError {
        let number = errno
        return GitError(code, "cannot \(doing): \(String(cString: strerror(number)))")
    }
}
