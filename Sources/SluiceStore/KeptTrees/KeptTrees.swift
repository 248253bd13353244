import CSluiceProcess
import Glibc
import SluiceModel
import Synchronization

/// Trees that commits hold, each written once and lying below the workspaces of all attempts that see nearly the same
/// files. An attempt gets what differs, in a layer of its own, so its cost follows the difference.
///
/// No attempt can write into one: it sees it through its overlay alone, and its sandbox does not show the state folder.
package final class KeptTrees: Sendable {
    private let state: StateFolder
    /// Fewer files are written faster than a tree is found.
    private let fewest: Int
    private let most: Int
    /// By the roots of attempts.
    private let inUse = Mutex<[String: KeptTree]>([:])

    package init(in state: StateFolder, fewest: Int = 1000, most: Int = 4) {
        self.state = state
        self.fewest = fewest
        self.most = most
    }

    /// Whether an attempt's workspace shows the files now, to the calling thread and to what it starts. That thread has
    /// mounts of its own from then on: they go when it and all that it started have ended, whatever ends them.
    func lay(
        _ entries: [TreeEntry], of tree: any TreeReader, in folder: AttemptFolder, unless cancellation: Cancellation
    ) -> Bool {
        let files = entries.filter(\.isRegular)
        guard files.count >= fewest, sluice_own_mounts() == 0 else { return false }
        do {
            let (kept, difference) = try nearest(to: files, of: tree, unless: cancellation)
            let layer = try OverlayLayer(folder: folder.layers)
            try layer.write(difference, of: tree, unless: cancellation)
            try layer.mount(over: kept.files, at: folder.workspace)
            inUse.withLock { $0[folder.root] = kept }
            return true
        } catch {
            // A copy is made instead; what is wrong with the tree itself shows then.
            try? TreeRemoval.remove(folder.layers)
            return false
        }
    }

    /// What lies over no kept tree stays as it is.
    func lift(_ folder: AttemptFolder) {
        guard let kept = inUse.withLock({ $0.removeValue(forKey: folder.root) }) else { return }
        withExtendedLifetime(kept) { _ = umount2(folder.workspace, Int32(MNT_DETACH) | Linux.unmountNoFollow) }
    }

    /// One at a time: of two stages that start with a new commit, the second finds what the first has written.
    private func nearest(
        to files: [TreeEntry], of tree: any TreeReader, unless cancellation: Cancellation
    ) throws -> (KeptTree, SnapshotDifference) {
        let path = state.locks + "/trees.lock"
        guard let lock = try HeldLock.hold(path, unless: cancellation) else {
            throw FileError("wait for", path, ECANCELED)
        }
        return try withExtendedLifetime(lock) {
            for kept in newestFirst() {
                guard let entries = try? kept.entries() else { continue }
                let difference = SnapshotDifference(from: entries, to: files)
                guard difference.count <= files.count / 8 else { continue }
                kept.markUsed()
                return (kept, difference)
            }
            makeRoom()
            return (try keep(files, of: tree, unless: cancellation), SnapshotDifference())
        }
    }

    private func keep(
        _ files: [TreeEntry], of tree: any TreeReader, unless cancellation: Cancellation
    ) throws -> KeptTree {
        let path = state.trees + "/" + String(UInt64.random(in: .min ... .max), radix: 16)
        do { try KeptTree.write(files, of: tree, to: path, unless: cancellation) } catch {
            try? TreeRemoval.remove(path)
            throw error
        }
        guard let kept = KeptTree(at: path) else { throw FileError("keep", path) }
        return kept
    }

    /// Removes what has no list, because its writer died, and of the rest what was not used for longest.
    private func makeRoom() {
        var left = most - 1
        for kept in newestFirst() {
            if left > 0, access(kept.path + "/list", F_OK) == 0 {
                left -= 1
            } else if kept.takeForRemoval() {
                try? TreeRemoval.remove(kept.path)
            }
        }
    }

    private func newestFirst() -> [KeptTree] {
        FolderNames.all(in: state.trees).compactMap { KeptTree(at: state.trees + "/" + $0) }
            .sorted { $0.lastUse > $1.lastUse }
    }
}
