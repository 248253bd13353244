import Glibc

/// Adds up what folders need on disk, a bounded number of entries at a time, so that a stage with a million files
/// delays nobody. Follows no links; a file with several names counts once.
final class DiskWalk {
    struct Total: Equatable {
        /// Bytes on disk, holes not counted.
        var bytes: Int64 = 0
        /// Bytes of the largest file, holes counted.
        var largest: Int64 = 0
    }

    private struct Identity: Hashable {
        var device: dev_t
        var inode: ino_t
    }

    /// The kernel takes no longer paths; what lies deeper is not seen.
    private static let longestPath = 4000

    let folders: [String]
    /// Of the last whole round.
    private(set) var last = Total()
    private var current = Total()
    private var pending: [String] = []
    private var stream: OpaquePointer?
    private var path = ""
    private var shared: Set<Identity> = []

    init(_ folders: [String]) { self.folders = folders }
    deinit { if let stream { closedir(stream) } }

    /// A lower bound of what is there, known at any time.
    var atLeast: Int64 { current.bytes }

    /// Goes on where it stopped. True: a round is complete, and `last` is new.
    func step(entries: Int) -> Bool {
        if stream == nil, pending.isEmpty { begin() }
        for _ in 0..<entries {
            if stream == nil, !openNext() {
                last = current
                return true
            }
            look()
        }
        return false
    }

    /// A whole round at once, of at most so many entries.
    func round(atMost entries: Int) -> Total {
        if let stream { closedir(stream) }
        stream = nil
        pending = []
        return step(entries: entries) ? last : current
    }

    private func begin() {
        current = Total()
        shared = []
        pending = folders
    }

    private func openNext() -> Bool {
        while let folder = pending.popLast() {
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            stream = fdopendir(descriptor)
            if stream == nil { close(descriptor) }
            path = folder
            if stream != nil { return true }
        }
        return false
    }

    private func look() {
        guard let open = stream else { return }
        guard let entry = readdir(open) else {
            closedir(open)
            stream = nil
            return
        }
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                var information = stat()
                guard strcmp(name, ".") != 0, strcmp(name, "..") != 0,
                    fstatat(dirfd(open), name, &information, AT_SYMLINK_NOFOLLOW) == 0
                else { return }
                count(information, String(cString: name))
            }
        }
    }

    private func count(_ information: stat, _ name: String) {
        guard information.st_mode & S_IFMT != S_IFDIR else {
            let folder = path + "/" + name
            if folder.utf8.count < Self.longestPath { pending.append(folder) }
            return
        }
        let identity = Identity(device: information.st_dev, inode: information.st_ino)
        guard information.st_nlink < 2 || shared.insert(identity).inserted else { return }
        // Whole blocks, but neither holes nor what a file system sets aside in case the file grows.
        let (blocks, rest) = Int64(information.st_size).quotientAndRemainder(dividingBy: 4096)
        let rounded = (blocks + (rest > 0 ? 1 : 0)).multipliedReportingOverflow(by: 4096)
        let onDisk = Int64(information.st_blocks) * 512
        current.bytes += rounded.overflow ? onDisk : min(rounded.partialValue, onDisk)
        current.largest = max(current.largest, Int64(information.st_size))
    }
}
