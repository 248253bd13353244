import Glibc
import SluiceModel

/// Reads files below the top of a working tree, never through a link.
struct WorktreeDisk: Sendable {
    let top: String

    /// What lies at a path; nil where nothing does, or something that git would not commit.
    func kind(of candidate: WorktreeListing.Candidate) -> WorktreeFile? {
        var status = stat()
        guard TreePath.components(of: candidate.path) != nil,
            lstat(top + "/" + candidate.path, &status) == 0
        else { return nil }
        let kind: TreeEntry.Kind
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = status.st_mode & S_IXUSR != 0 ? .executable : .file
        case S_IFLNK: kind = .link
        case S_IFDIR where candidate.submodule != nil: kind = .submodule
        default: return nil
        }
        return WorktreeFile(
            path: candidate.path, kind: kind, submodule: kind == .submodule ? candidate.submodule : nil)
    }

    func contents(of path: String, limit: Int) throws(GitError) -> [UInt8] {
        try withFile(path) { (descriptor, size) throws(GitError) in
            var bytes: [UInt8] = []
            guard size <= limit else { throw Self.tooLarge(path, size, limit) }
            bytes.reserveCapacity(size)
            try Self.read(descriptor, path) { (chunk) throws(GitError) in
                guard chunk.count <= limit - bytes.count else { throw Self.tooLarge(path, size, limit) }
                bytes.append(contentsOf: chunk)
            }
            return bytes
        }
    }

    func size(of path: String) throws(GitError) -> Int64 {
        try withFile(path) { (_, size) throws(GitError) in Int64(size) }
    }

    func copy(_ path: String, into file: borrowing NewFile) throws(GitError) {
        try withFile(path) { (descriptor, _) throws(GitError) in
            try Self.read(descriptor, path) { (chunk) throws(GitError) in try file.write(chunk) }
        }
    }

    /// The text of a link.
    func target(of path: String) throws(GitError) -> [UInt8] {
        try withParent(path) { (parent, name) throws(GitError) in
            var buffer = [CChar](repeating: 0, count: TreeLimits.path)
            let count = readlinkat(parent, name, &buffer, buffer.count)
            guard count >= 0 else { throw SystemFailure.now("read the link \(path)", code: .notFound) }
            return buffer.prefix(count).map { UInt8(bitPattern: $0) }
        }
    }

    func linkOID(of path: String) throws(GitError) -> ObjectID { try ObjectID(hashing: target(of: path)) }

    func fileOID(of path: String) throws(GitError) -> ObjectID {
        try withFile(path) { (descriptor, _) throws(GitError) in
            try ObjectID(hashingFile: descriptor, named: path)
        }
    }

    private static func tooLarge(_ path: String, _ size: Int, _ limit: Int) -> GitError {
        GitError(.tooLarge, "\(path) has \(size) bytes; at most \(limit) are read")
    }

    private static func read(
        _ descriptor: Int32, _ path: String, _ take: (UnsafeRawBufferPointer) throws(GitError) -> Void
    ) throws(GitError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFailure.now("read \(path)") }
            guard count > 0 else { return }
            try take(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
        }
    }

    /// Opens a regular file; the body gets its descriptor and size.
    private func withFile<T>(
        _ path: String, _ body: (Int32, Int) throws(GitError) -> T
    ) throws(GitError) -> T {
        try withParent(path) { (parent, name) throws(GitError) in
            // Non-blocking: a pipe that took the file's place must not hold us.
            let descriptor = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemFailure.now("open \(path)", code: .notFound) }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw GitError(.invalid, "\(path) is not a regular file any more")
            }
            return try body(descriptor, Int(status.st_size))
        }
    }

    private func withParent<T>(
        _ path: String, _ body: (Int32, String) throws(GitError) -> T
    ) throws(GitError) -> T {
        guard let components = TreePath.components(of: path), let name = components.last else {
            throw TreePath.refusal(of: path)
        }
        var folder = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        for component in components.dropLast() {
            let next = openat(folder, String(Substring(component)), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if folder >= 0 { close(folder) }
            folder = next
        }
        guard folder >= 0 else { throw SystemFailure.now("open \(path)", code: .notFound) }
        return try body(folder, String(Substring(name)))
    }
}
