import Glibc
import SluiceStore

/// Small files that belong to the operator or to us, whole.
enum Files {
    /// nil where there is none. Larger ones than `limit` bytes are refused.
    static func bytes(at path: String, limit: Int = 1 << 20) throws(CommandFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw CommandFailure(.storage, "cannot read \(path): \(lastError())")
        }
        defer { close(descriptor) }
        return try bytes(from: descriptor, named: path, limit: limit)
    }

    /// Everything that a descriptor gives, up to `limit` bytes.
    static func bytes(from descriptor: Int32, named name: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return all }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure(.storage, "cannot read \(name): \(lastError())")
            }
            guard all.count + count <= limit else {
                throw CommandFailure(.storage, "\(name) is larger than \(limit) bytes")
            }
            all += buffer[..<count]
        }
    }

    /// Writes a new file beside the old one and puts it in its place, so that nobody sees half of it.
    static func replace(_ path: String, with text: String, mode: mode_t) throws(CommandFailure) {
        let partial = path + ".sluice-new"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw cannotWrite(path) }
        let isWritten = writeAll(text, to: descriptor)
        fchmod(descriptor, mode)
        close(descriptor)
        guard isWritten, rename(partial, path) == 0 else {
            let failure = cannotWrite(path)
            unlink(partial)
            throw failure
        }
    }

    /// Adds text to the end of a file; made where there is none.
    static func append(_ text: String, to path: String) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw cannotWrite(path) }
        defer { close(descriptor) }
        guard writeAll(text, to: descriptor) else { throw cannotWrite(path) }
    }

    static func cannotWrite(_ path: String) -> CommandFailure {
        CommandFailure(.storage, "cannot write \(path): \(lastError())")
    }

    private static func writeAll(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, written))
        }
        return true
    }

    /// From the folder that we were called in.
    static func absolute(_ path: String) throws(CommandFailure) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else {
            throw CommandFailure(.storage, "the working folder is gone: \(lastError())")
        }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    /// An absolute path without links and dots in the folder that it lies in; nil where that folder is not there.
    static func resolvingFolder(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), let real = realpath(String(path[...slash]), nil) else { return nil }
        defer { free(real) }
        let folder = String(cString: real)
        return (folder == "/" ? "" : folder) + path[slash...]
    }

    /// The whole path without links and dots; nil where nothing is there.
    static func resolving(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// The names in a folder, sorted; none where it is not there.
    static func names(in folder: String) throws(CommandFailure) -> [String] {
        guard let listing = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw CommandFailure(.storage, "cannot read \(folder): \(lastError())")
        }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// With its missing parents.
    static func makeFolder(_ path: String) throws(CommandFailure) {
        var place = path.hasPrefix("/") ? "" : "."
        for step in path.split(separator: "/") {
            place += "/" + step
            guard mkdir(place, 0o755) == 0 || errno == EEXIST else {
                throw CommandFailure(.storage, "cannot make \(place): \(lastError())")
            }
        }
    }

    /// A new folder of ours alone below `TMPDIR`.
    static func makeTemporaryFolder(_ name: String) throws(CommandFailure) -> String {
        let pattern = "\(ProcessEnvironment["TMPDIR"] ?? "/tmp")/\(name)-XXXXXX"
        guard let made = SluiceStore.makeTemporaryFolder(pattern) else {
            throw CommandFailure(.storage, "cannot make \(pattern): \(lastError())")
        }
        return made
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func lastError() -> String { String(cString: strerror(errno)) }
}
