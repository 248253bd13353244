import SluiceModel
import SluiceTesting
import Synchronization

@testable import SluiceEngine

/// Everything around a driver, in memory.
struct World {
    let clock = ManualClock()
    let disk = MemoryDisk()
    let cache = MemoryCache()
    let journal: MemoryJournal
    let workspaces: MemoryWorkspaces
    let artifacts: MemoryArtifacts
    let environments: MemoryEnvironments
    let executor: ScriptedExecutor
    /// Executors beside it, which is the local one.
    var others: [ScriptedExecutor] = []
    var tree = MemoryTree()
    var plugins = MemoryPlugins()
    let observer = Notebook()

    init(
        script: (@Sendable (AttemptRequest, Cancellation, MemoryDisk) -> AttemptResult)? = nil,
        refuses: @escaping @Sendable ([RunEvent.Kind]) -> Bool = { _ in false },
        environments: MemoryEnvironments = MemoryEnvironments(), shared: String? = nil,
        filling: @escaping @Sendable (Cancellation) -> Void = { _ in }
    ) {
        journal = MemoryJournal(cache: cache, refuses: refuses)
        workspaces = MemoryWorkspaces(disk: disk, shared: shared, filling: filling)
        artifacts = MemoryArtifacts(disk: disk)
        self.environments = environments
        let disk = disk
        executor = ScriptedExecutor { request, cancellation in
            script?(request, cancellation, disk) ?? World.obedient(request, disk)
        }
    }

    /// Makes every output and succeeds.
    static func obedient(_ request: AttemptRequest, _ disk: MemoryDisk) -> AttemptResult {
        for output in request.outputs { disk.write("\(request.stage) \(output.name)", to: output.path) }
        return AttemptResult(outcome: .succeeded)
    }

    var ports: RunPorts {
        RunPorts(
            tree: SnapshotTree(tree, disk: disk), journal: journal, cache: cache, artifacts: artifacts,
            workspaces: workspaces, plugins: plugins, environments: environments,
            executors: Executors(local: executor, others: others), clock: clock,
            requirements: { _ in nil }, searchPath: "/usr/bin")
    }

    var driver: RunDriver { RunDriver(run: RunID(1), ports: ports, observers: [observer]) }

    var record: RunRecord { RunRecord(head: Sketch.head(), events: journal.events) }
}

/// An observer that writes down what it sees.
final class Notebook: RunObserver {
    private let seen = Mutex<(events: [RunEvent], said: [String])>(([], []))

    var events: [RunEvent] { seen.withLock { $0.events } }
    /// `stage number` of every remark of an attempt, sorted.
    var said: [String] { seen.withLock { $0.said.sorted() } }

    func recorded(_ event: RunEvent) { seen.withLock { $0.events.append(event) } }

    func attempt(_ stage: String, number: Int, said event: AttemptEvent) {
        seen.withLock { $0.said.append("\(stage) \(number)") }
    }
}

/// A door that threads wait at until it is opened.
final class Gatepost: Sendable {
    private let mailbox = Mailbox<Bool>()

    func open() { mailbox.post(true) }

    /// Blocks; true once opened.
    func wait() {
        while mailbox.take(waitingAtMost: -1).isEmpty {}
    }
}
