import Glibc
import SluiceModel

/// A system call that failed: what was tried, on what, and why.
struct FileError: Error {
    var action: String
    var path: String
    var number: Int32

    init(_ action: String, _ path: String, _ number: Int32 = errno) {
        self.action = action
        self.path = path
        self.number = number
    }

    var message: String { "cannot \(action) \(path): \(String(cString: strerror(number)))" }

    var storeError: StoreError { StoreError(.unavailable, message) }
}
