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

    private let broughtHome = Mutex<[String]>([])
    /// The executor whose nodes share `/shared`.
    private let shared: String?
    /// What takes its time.
    private let filling: @Sendable (Cancellation) -> Void

    package init(
        disk: MemoryDisk, shared: String? = nil, filling: @escaping @Sendable (Cancellation) -> Void = { _ in }
    ) {
        self.disk = disk
        self.shared = shared
        self.filling = filling
    }

    package var home: [String] { broughtHome.withLock { $0 } }

    package var discarded: [Discarded] { log.withLock { $0 } }

    package func folder(run: RunID, stage: String, number: Int, on executor: String) -> AttemptFolder {
        let name = "runs/\(run)/\(stage)/\(number)"
        return folder(named: executor == shared ? "/shared/" + name : name)
    }

    package func folder(named name: String) -> AttemptFolder {
        guard name.hasPrefix("/") else { return AttemptFolder(root: "/state/" + name, name: name) }
        return AttemptFolder(root: name, name: name, shared: "/shared")
    }

    package func create(_ folder: AttemptFolder) { disk.remove(folder.root) }

    package func fill(
        _ folder: AttemptFolder, on executor: String, with sources: [TreeEntry], of tree: any TreeReader,
        unless cancellation: Cancellation
    ) throws(GitError) -> SnapshotKind? {
        filling(cancellation)
        try tree.snapshot(sources, into: folder.workspace)
        return cancellation.state.reason == nil ? .copy : nil
    }

    package func bringHome(_ folder: AttemptFolder) throws(StoreError) {
        broughtHome.withLock { $0.append(folder.name) }
    }

    package func discard(_ folder: AttemptFolder, keepingOutputs: Bool) {
        log.withLock { $0.append(Discarded(folder: folder.name, keepingOutputs: keepingOutputs)) }
    }

    package func makeFolder(_ path: String) throws(StoreError) { disk.makeFolder(path) }

    package func files(below folder: String, matching globs: [Glob]) throws(StoreError) -> [String] {
        disk.paths(below: folder).map { String($0.dropFirst(folder.utf8.count + 1)) }
            .filter { path in globs.contains { $0.matches(path) } }
    }

    package func deployment(
        repository: String, pipeline: String, reference: String, on executor: String
    ) throws(StoreError) -> String {
        "\(executor == shared ? "/shared" : "/state")/deployments/\(pipeline)/\(reference)"
    }
}
