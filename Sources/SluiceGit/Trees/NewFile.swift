import Glibc
import SluiceModel

/// A file that is being written; closed at the end of its scope at the latest.
struct NewFile: ~Copyable {
    private(set) var descriptor: Int32
    let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(GitError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemFailure.now("write \(path)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Says where a full disk shows only now.
    mutating func close() throws(GitError) {
        let status = Glibc.close(descriptor)
        descriptor = -1
        guard status == 0 else { throw SystemFailure.now("write \(path)") }
    }
}
