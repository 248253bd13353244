import Glibc

/// An open file or folder; closed when the last holder lets go. Never inherited by a child process.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }
    deinit { close(number) }

    static let folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
    /// Without blocking on a FIFO that took a file's place.
    static let readFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(FileError) -> Descriptor {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw FileError("open", path) }
        return Descriptor(number)
    }

    /// Opens an entry of this folder.
    func open(_ name: FileName, _ flags: Int32, mode: mode_t = 0) throws(FileError) -> Descriptor {
        let opened = openat(number, name.characters, flags | O_CLOEXEC, mode)
        guard opened >= 0 else { throw FileError("open", ShownPath.text(of: name.bytes)) }
        return Descriptor(opened)
    }

    func status() throws(FileError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw FileError("look at", "an open file") }
        return status
    }

    /// Of an entry of this folder itself, not of what it links to; nil where there is none.
    func status(of name: FileName) throws(FileError) -> stat? {
        var status = stat()
        if fstatat(number, name.characters, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        guard errno == ENOENT else { throw FileError("look at", ShownPath.text(of: name.bytes)) }
        return nil
    }

    /// Makes what was written (a file) or renamed (a folder) outlive a power cut.
    func synchronize() throws(FileError) {
        guard fsync(number) == 0 else { throw FileError("sync", "an open file") }
    }

    func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in try write(UnsafeRawBufferPointer(buffer)) }
    }

    func write(_ buffer: UnsafeRawBufferPointer) throws(FileError) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = Glibc.write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", "a file") }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads once into the buffer; 0 at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", "a file") }
            return count
        }
    }

    /// All bytes from the current place; nil when there are more than `limit`.
    func readAll(limit: Int) throws(FileError) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try chunk.withUnsafeMutableBufferPointer { (buffer) throws(FileError) in
                try read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { return nil }
            bytes += chunk[..<count]
        }
    }
}

/// What a `stat` says, in words.
extension stat {
    var isFile: Bool { st_mode & S_IFMT == S_IFREG }
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isExecutable: Bool { st_mode & 0o100 != 0 }

    var kindName: String {
        switch st_mode & S_IFMT {
        case S_IFREG: "a file"
        case S_IFDIR: "a folder"
        case S_IFLNK: "a link"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "of an unknown kind"
        }
    }
}
