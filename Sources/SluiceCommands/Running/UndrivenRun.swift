import SluiceEngine
import SluiceExecution
import SluiceModel
import SluiceStore

/// Ends a run that nobody drives and that is not to go on. The caller holds its lock.
struct UndrivenRun {
    let head: RunHead
    let services: StateServices

    /// It cannot even be tried.
    func lose(because reason: String) throws { try end { $0.eventsOfLoss(because: reason) } }

    func cancel(_ reason: CancelReason) throws { try end { $0.eventsOfCancellation(reason) } }

    /// First what its dead runner left running, then the record, then the pin.
    private func end(_ events: (RunRecord) -> [RunEvent.Kind]) throws {
        let record = try services.store.record(of: head.id)
        guard record.head.state != .ended else { return }
        let executors = MachineExecutors.of(head.repository, services: services)
        let workspaces = AttemptFolders(folder: services.folder)
        for attempt in record.stages.compactMap({ $0.open?.started }) {
            workspaces.abandon(workspaces.folder(named: attempt.folder), by: executors[attempt.executor])
        }
        try services.store.append(events(record), to: head.id, at: services.clock.now())
        (try? RepositoryContext.open(at: head.repository.gitDirectory))?.sweepElsewhere(after: head.id, of: services)
        unpin()
    }

    /// A repository that is gone has no pin.
    func unpin() {
        guard head.repository.isBare, let context = try? RepositoryContext.open(at: head.repository.gitDirectory) else {
            return
        }
        try? context.git.unpin(run: head.id.number)
    }
}
