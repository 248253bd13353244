import Glibc
import SluiceModel

/// The GPUs that attempts may use, by the names that `CUDA_VISIBLE_DEVICES` knows. Each belongs to one attempt at a
/// time: whoever holds the lock on its file, in this process or another one with the same state folder.
package struct GPUDevices: Sendable {
    let names: [String]
    /// nil: nobody else is asked.
    let lockFolder: String?

    package init(names: [String], stateFolder: String?) {
        self.names = names
        lockFolder = stateFolder.map { $0 + "/locks" }
    }

    /// Devices that are an attempt's own for as long as this value lives. A dead process holds none.
    final class Hold {
        let names: [String]
        private let locks: [Descriptor]

        init(names: [String], locks: [Descriptor]) {
            self.names = names
            self.locks = locks
        }

        /// A process that is just being started has all descriptors for a moment: closing ours would not end that.
        deinit { for lock in locks { flock(lock.number, LOCK_UN) } }
    }

    /// So many devices, or nil while others hold too many of them. All or none, so that no two wait for each other.
    func hold(_ count: Int) -> Hold? {
        guard let lockFolder else {
            return count <= names.count ? Hold(names: Array(names.prefix(count)), locks: []) : nil
        }
        var held: [String] = []
        var locks: [Descriptor] = []
        for name in names where held.count < count {
            guard let lock = Self.lock("\(lockFolder)/gpu-\(name.filter { $0 != "/" })") else { continue }
            held.append(name)
            locks.append(lock)
        }
        let hold = Hold(names: held, locks: locks)
        return held.count == count ? hold : nil
    }

    private static func lock(_ path: String) -> Descriptor? {
        let file = Descriptor(open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600))
        return file.isOpen && flock(file.number, LOCK_EX | LOCK_NB) == 0 ? file : nil
    }
}

extension Machine {
    /// The devices that this process may hand out: those that its own environment names, as under a cluster's
    /// scheduler, else as many as there are, or as the operator says that there are.
    package static func devices(atLeast count: Int64 = 0) -> [String] {
        if let visible = getenv("CUDA_VISIBLE_DEVICES").map({ String(cString: $0) }) {
            return visible.split(separator: ",").map(String.init).filter { $0 != "-1" && $0 != "NoDevFiles" }
        }
        return (0..<max(gpus().count, Int(clamping: min(count, 1024)))).map(String.init)
    }
}
