import Glibc

/// The path without links, or nil with errno.
func canonicalPath(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
}

/// The names in a folder without `.` and `..`, sorted; nil with errno. `folders`: only those of folders.
func folderNames(_ folder: String, folders: Bool = false) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        if folders, Int(entry.pointee.d_type) != Int(DT_DIR) { continue }
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// A small file's bytes; nil when it is not there, no regular file or over the limit.
func smallFile(_ path: String, limit: Int) -> [UInt8]? {
    let file = Descriptor(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
    var information = stat()
    guard file.isOpen, fstat(file.number, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
        return nil
    }
    var bytes: [UInt8] = []
    return withUnsafeTemporaryAllocation(byteCount: 1 << 14, alignment: 1) { buffer in
        while case .count(let count) = file.read(into: buffer) {
            bytes += buffer[..<count]
            if bytes.count > limit { return nil }
        }
        return bytes
    }
}

/// Writes a file whole or not at all: beside its place, then renamed into it. False with errno.
func writeAtomically(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) -> Bool {
    let temporary = "\(path).\(getpid()).\(Token.random().prefix(8))"
    let file = Descriptor(open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode))
    guard file.isOpen else { return false }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
        if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { break }
    }
    guard rest.isEmpty, fsync(file.number) == 0, rename(temporary, path) == 0 else {
        let failure = errno
        unlink(temporary)
        errno = failure
        return false
    }
    return true
}

/// Makes the names in a folder outlive a power cut, where its file system can. False with errno.
func synchronizeFolder(_ path: String) -> Bool {
    let folder = Descriptor(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    return folder.isOpen && (fsync(folder.number) == 0 || errno == EINVAL)
}

/// Removes a file or a folder with all that is in it, read-only folders too. Links are removed, not followed.
func removeTree(_ path: String) {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    guard information.st_mode & S_IFMT == S_IFDIR else {
        unlink(path)
        return
    }
    chmod(path, 0o700)
    for name in folderNames(path) ?? [] { removeTree("\(path)/\(name)") }
    rmdir(path)
}

/// Takes the write permission from everything below a folder, not from itself.
func makeReadOnly(below folder: String) {
    for name in folderNames(folder) ?? [] {
        let path = "\(folder)/\(name)"
        var information = stat()
        guard lstat(path, &information) == 0, information.st_mode & S_IFMT != S_IFLNK else { continue }
        if information.st_mode & S_IFMT == S_IFDIR { makeReadOnly(below: path) }
        chmod(path, information.st_mode & 0o555)
    }
}

/// Opens what lies below a folder for reading, one component after the other, each without following a link; nil with
/// errno.
func openFile(_ path: String, beneath folder: String) -> Descriptor? {
    let parts = path.split(separator: "/").filter { $0 != "." }
    guard !path.hasPrefix("/"), !parts.isEmpty, !parts.contains("..") else {
        errno = EINVAL
        return nil
    }
    var current = Descriptor(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    for (index, part) in parts.enumerated() where current.isOpen {
        let isLast = index == parts.count - 1
        // O_NONBLOCK: a FIFO must not make us wait for its writer.
        let flags = isLast ? O_RDONLY | O_NONBLOCK : O_RDONLY | O_DIRECTORY
        current = Descriptor(openat(current.number, String(part), flags | O_NOFOLLOW | O_CLOEXEC))
    }
    return current.isOpen ? current : nil
}
