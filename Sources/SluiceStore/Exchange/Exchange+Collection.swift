import Glibc
import SluiceModel

/// No engine says when it is done with a run: an exchange is over when nobody has used it for long.
extension Exchange {
    /// Removes what other runs of this user have left in the same folder. What deploys keep there stays: it is what is
    /// deployed. What cannot be removed stays for the next time.
    package func removeUnusedNeighbours(after age: Duration) {
        let parent = String(folder.path.prefix(upTo: folder.path.lastIndex(of: "/") ?? folder.path.startIndex))
        var own = stat()
        guard !parent.isEmpty, stat(folder.path, &own) == 0 else { return }
        let oldest = Int(time(nil)) - Int(age.components.seconds)
        for name in FolderNames.all(in: parent) {
            let path = "\(parent)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.isFolder, status.st_uid == geteuid(), status.st_ino != own.st_ino,
                let other = Exchange(existing: path), other.lastUse < oldest
            else { continue }
            other.removeWhatStagesLeft()
        }
    }

    /// nil where there is none.
    private init?(existing path: String) {
        folder = StateFolder(path: path)
        guard let bytes = try? bytes(at: path + "/run.json", limit: 1 << 20),
            (try? JSONText.decode(ExchangeIdentity.self, from: String(decoding: bytes, as: UTF8.self))) != nil
        else { return nil }
    }

    /// Seconds. Every stage that begins takes a lock there, and writes down what happens.
    private var lastUse: Int {
        let stages = folder.path + "/stages"
        let files = FolderNames.all(in: stages).map { "\(stages)/\($0)" }
        return ([folder.path + "/run.json", folder.locks, stages] + files).map(Self.changed).max() ?? .max
    }

    private static func changed(_ path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mtim.tv_sec : 0
    }

    /// What says that stages have ended goes first, and what says what it is the exchange of last.
    private func removeWhatStagesLeft() {
        let locks = FolderNames.all(in: folder.locks).map { "\(folder.locks)/\($0)" }
        guard locks.allSatisfy({ (try? HeldLock.isHeld($0)) == false }),
            let held = try? HeldLock.tryHold(folder.locks + "/run.json")
        else { return }
        withExtendedLifetime(held) {
            for part in [folder.path + "/stages", folder.artifacts, folder.environments] {
                try? TreeRemoval.remove(part)
            }
            for deployment in FolderNames.all(in: folder.deployments) { rmdir("\(folder.deployments)/\(deployment)") }
            guard rmdir(folder.deployments) == 0 || errno == ENOENT else { return }
            try? TreeRemoval.remove(folder.path)
        }
    }
}
