import SluiceModel
import Synchronization

/// Attempts' folders on a disk in memory.
package final class MemoryWorkspaces: Workspaces {
    package struct Discarded: Sendable, Equatable {
        package var folder: String
        package var keepingOutputs: Bool

        package init(folder: String, keepingOutputs: Bool) {
            self.folder = folder
            self.keepingOutputs = keepingOutputs
        }
    }

    private let disk: MemoryDisk
    private let log = Mutex<[Discarded]>([])

    package init(disk: MemoryDisk) { self.disk = disk }

    package var discarded: [Discarded] { log.withLock { $0 } }

    package func folder(run: RunID, stage: String, number: Int) -> AttemptFolder {
        let name = "runs/\(run)/\(stage)/\(number)"
        return AttemptFolder(root: "/state/" + name, name: name)
    }

    package func create(run: RunID, stage: String, number: Int) throws(StoreError) -> AttemptFolder {
        let folder = folder(run: run, stage: stage, number: number)
        disk.remove(folder.root)
        return folder
    }

    package func discard(_ folder: AttemptFolder, keepingOutputs: Bool) {
        log.withLock { $0.append(Discarded(folder: folder.name, keepingOutputs: keepingOutputs)) }
    }

    package func makeFolder(_ path: String) throws(StoreError) { disk.makeFolder(path) }

    package func files(below folder: String, matching globs: [Glob]) throws(StoreError) -> [String] {
        disk.paths(below: folder).map { String($0.dropFirst(folder.utf8.count + 1)) }
            .filter { path in globs.contains { $0.matches(path) } }
    }

    package func deployment(repository: String, pipeline: String, reference: String) throws(StoreError) -> String {
        "/state/deployments/\(pipeline)/\(reference)"
    }
}
