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

    /// Throws the exit status of what did not succeed. `record`: what an interrupted run has done already.
    func carryOut(_ head: RunHead, from record: RunRecord? = nil) throws {
        guard let lock = try RunLock.tryHold(head.id, in: services.folder) else {
            throw CommandFailure(.storage, "run \(head.id) is held by another process")
        }
        defer { withExtendedLifetime(lock) {} }
        let live = isLive ? LiveObserver(head: head, style: output.tellingStyle, clock: services.clock) : nil
        defer { live?.close() }
        let session = RunSession(
            context: context, services: services, installation: .current(), observers: observers(live),
            willDrive: { [signals] in signals.forward(to: $0) }, patience: patience)
        guard let outcome = try session.carryOut(head, from: record) else {
            preconditionFailure("a run in the foreground is not parked")
        }
        live?.close()
        try RunEnding(output: output, services: services).tell(head.id, outcome, answersEvents: printsEvents)
    }

    private var isLive: Bool { Console.tellsTerminal && !printsEvents && !output.quiet && !output.json }

    private func observers(_ live: LiveObserver?) -> [any RunObserver] {
        if let live { return [live] }
        if printsEvents { return [EventsObserver()] }
        return output.quiet ? [] : [PlainObserver(style: output.tellingStyle, showsLogs: true)]
    }
}
