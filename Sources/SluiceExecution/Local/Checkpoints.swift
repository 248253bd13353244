import Glibc
import PluginContract
import SluiceModel

/// Checkpoints of a stage, in a folder that its attempts share: a copy each, and one file that names the one that
/// counts. A copy counts when it is complete and on the disk.
struct Checkpoints {
    private static let index = "current.json"

    let folder: String

    struct Saved: Equatable {
        var id: String
        var path: String
    }

    /// What the next attempt may resume from.
    var latest: Saved? {
        guard let bytes = smallFile(folder + "/" + Self.index, limit: 1 << 16), let json = try? JSONReader.read(bytes),
            let id = json["id"]?.stringValue, let name = json["path"]?.stringValue
        else { return nil }
        let path = folder + "/" + name
        return access(path, F_OK) == 0 ? Saved(id: id, path: path) : nil
    }

    /// `name`: of the copy, below the folder. What counted before is removed.
    func publish(_ id: String, name: String) -> Bool {
        let json = JSON.object(["id": .string(id), "path": .string(name)])
        guard writeAtomically(json.line, to: folder + "/" + Self.index, mode: 0o600), synchronizeFolder(folder) else {
            return false
        }
        let current = name.prefix { $0 != "/" }
        for other in folderNames(folder) ?? [] where other != Self.index && other != current {
            removeTree(folder + "/" + other)
        }
        return true
    }

    func remove() { removeTree(folder) }
}

/// Copies one checkpoint out of the scratch folder, a piece at a time: whoever copies also drains the plugin's pipes.
final class CheckpointCopy {
    private static let piece = 1 << 20

    let id: String
    private let scratch: String
    private let store: Checkpoints
    /// Of this copy, below the store's folder.
    private let name = String(Token.random().prefix(16))
    private let path: String
    private var hasBegun = false
    private var files: [String] = []
    /// Files and folders.
    private var found = 0
    /// Of the copy: names in them are to be on the disk before it counts.
    private var folders: Set<String> = []
    private var open: (source: Descriptor, copy: Descriptor)?
    private let limit: Int64
    private let mostFiles: Int
    private var copied: Int64 = 0

    /// `path`: of a file or folder, relative to `scratch`. `limit`: bytes.
    init(id: String, path: String, scratch: String, store: Checkpoints, limit: Int64, mostFiles: Int) {
        self.id = id
        let steps = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        self.path = path.hasPrefix("/") ? path : steps
        self.scratch = scratch
        self.store = store
        self.limit = limit
        self.mostFiles = mostFiles
    }

    enum Progress: Equatable { case goesOn, saved, failed(String) }

    private struct Failure: Error { let reason: String }

    func step(buffer: UnsafeMutableRawBufferPointer) -> Progress {
        do throws(Failure) {
            if !hasBegun { try begin() }
            return try copyPiece(buffer) ? .goesOn : finish()
        } catch {
            drop()
            return .failed(error.reason)
        }
    }

    /// Leaves nothing of it.
    func drop() { removeTree(store.folder + "/" + name) }

    private func begin() throws(Failure) {
        hasBegun = true
        mkdir(store.folder, 0o700)
        guard mkdir(store.folder + "/" + name, 0o700) == 0 else { throw failure("cannot be made") }
        folders.insert(store.folder + "/" + name)
        try find(path)
        // Taken from the end.
        files.reverse()
    }

    private func find(_ path: String) throws(Failure) {
        guard found < mostFiles else { throw Failure(reason: "it has more than \(mostFiles) files and folders") }
        found += 1
        guard let entry = openFile(path, beneath: scratch) else { throw failure("no file \(path) in scratch") }
        var information = stat()
        guard fstat(entry.number, &information) == 0 else { throw failure(path) }
        switch information.st_mode & S_IFMT {
        case S_IFREG: files.append(path)
        case S_IFDIR:
            try makeFolders(store.folder + "/" + name, path)
            for child in folderNames("/proc/self/fd/\(entry.number)") ?? [] { try find(path + "/" + child) }
        default: throw Failure(reason: "\(path) is no regular file")
        }
    }

    private func makeFolders(_ root: String, _ path: String) throws(Failure) {
        var made = root
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw failure(made) }
            folders.insert(made)
        }
    }

    /// False when there is nothing left to copy.
    private func copyPiece(_ buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Bool {
        if open == nil { open = try next() }
        guard let open else { return false }
        var left = Self.piece
        while left > 0 {
            let count = read(open.source.number, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot be read") }
            if count == 0 {
                guard fsync(open.copy.number) == 0 else { throw failure("cannot be written") }
                self.open = nil
                return true
            }
            copied += Int64(count)
            guard copied <= limit else { throw Failure(reason: "it has more than \(limit) bytes") }
            guard write(open.copy.number, buffer.baseAddress, count) == count else {
                throw failure("cannot be written")
            }
            left -= count
        }
        return true
    }

    private func next() throws(Failure) -> (Descriptor, Descriptor)? {
        guard let file = files.popLast() else { return nil }
        guard let source = openFile(file, beneath: scratch) else { throw failure(file) }
        var information = stat()
        guard fstat(source.number, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw Failure(reason: "\(file) is no regular file")
        }
        let steps = file.split(separator: "/")
        try makeFolders(store.folder + "/" + name, steps.dropLast().joined(separator: "/"))
        let copy = Descriptor(
            Glibc.open("\(store.folder)/\(name)/\(file)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        guard copy.isOpen else { throw failure(file) }
        return (source, copy)
    }

    private func finish() -> Progress {
        folders.allSatisfy(synchronizeFolder) && store.publish(id, name: name + "/" + path)
            ? .saved : .failed("it cannot be written: \(errorText(errno))")
    }

    private func failure(_ what: String) -> Failure { Failure(reason: "\(what): \(errorText(errno))") }
}
