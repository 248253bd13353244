import Glibc

/// Control groups of an attempt whose runner died, wherever that runner stood in the hierarchies.
struct LeftGroups {
    private static let deepest = 12
    private static let mostFolders = 50_000
    private static let rounds = 500

    /// Of `AttemptGroup.key(home:)`.
    let key: String
    var mounts = ControlGroupPlaces.ofThisProcess().mounts
    var files = GroupFiles.kernel

    /// Kills what is in them until they are empty, and removes them.
    func end() {
        for folder in folders() {
            for _ in 0..<Self.rounds {
                _ = GroupFiles.write("1", to: folder + "/cgroup.kill")
                _ = GroupFiles.write("0", to: folder + "/pids.max")
                let pids = GroupFiles.words(folder + "/cgroup.procs").compactMap { pid_t($0) }
                for pid in pids where pid > 1 && pid != getpid() { kill(pid, SIGKILL) }
                if pids.isEmpty { break }
                usleep(10_000)
            }
            _ = AttemptGroup.remove(folder, files)
        }
    }

    func folders() -> [String] {
        var found: [String] = []
        var left = Self.mostFolders
        for mount in mounts { search(mount, depth: 0, &left, &found) }
        return found
    }

    private func search(_ folder: String, depth: Int, _ left: inout Int, _ found: inout [String]) {
        guard depth < Self.deepest, left > 0, let names = folderNames(folder, folders: true) else { return }
        for name in names {
            left -= 1
            let path = folder + "/" + name
            if name.hasPrefix(ControlGroups.prefix), name.hasSuffix("-" + key) {
                found.append(path)
            } else {
                search(path, depth: depth + 1, &left, &found)
            }
        }
    }
}
