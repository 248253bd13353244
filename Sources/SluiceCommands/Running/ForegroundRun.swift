import SluiceEngine
import SluiceModel
import SluiceStore

/// Drives a run in the foreground: a person looks on, and the process ends as the run does.
struct ForegroundRun {
    let context: RepositoryContext
    let services: StateServices
    let signals: RunSignals
    let output: Output
    var printsEvents = false
    var patience = Patience.stays
    /// What is written about the run when it has ended.
    var files: ReportFiles?

    /// As below, of a run that was just begun.
    func carryOut(_ begun: BegunRun) throws { try carryOut(begun.head, holding: begun.lock) }

    /// Throws the exit status of what did not succeed. `record`: what an interrupted run has done already.
    func carryOut(_ head: RunHead, holding lock: HeldLock? = nil, from record: RunRecord? = nil) throws {
        let live = isLive ? LiveObserver(head: head, style: output.tellingStyle, clock: services.clock) : nil
        defer { live?.close() }
        let (ended, outcome) = try drive(head, holding: lock, from: record, observers: observers(live))
        live?.close()
        // Plain lines have told what is wrong with the definition already.
        RunEnding(output: output).tell(
            ended, answersEvents: printsEvents, tellsDiagnostics: live != nil || output.quiet)
        try RunEnding.end(ended, outcome) { try files?.write(ended) }
    }

    /// Its record in the end. The run is ours from the start.
    func drive(
        _ head: RunHead, holding lock: HeldLock? = nil, from record: RunRecord? = nil, observers: [any RunObserver]
    ) throws -> (record: RunRecord, outcome: RunOutcome) {
        guard let lock = try lock ?? RunLock.tryHold(head.id, in: services.folder) else {
            throw CommandFailure(.storage, "run \(head.id) is held by another process")
        }
        defer { withExtendedLifetime(lock) {} }
        let session = RunSession(
            context: context, services: services, installation: .current(), observers: observers,
            willDrive: { [signals] in signals.forward(to: $0) }, patience: patience)
        guard let outcome = try session.carryOut(head, from: record) else {
            preconditionFailure("a run in the foreground is not parked")
        }
        return (try services.store.record(of: head.id), outcome)
    }

    private var isLive: Bool { Console.tellsTerminal && !printsEvents && !output.quiet && !output.json }

    private func observers(_ live: LiveObserver?) -> [any RunObserver] {
        if let live { return [live] }
        if printsEvents { return [EventsObserver()] }
        return output.quiet ? [] : [PlainObserver(style: output.tellingStyle, showsLogs: true)]
    }
}
