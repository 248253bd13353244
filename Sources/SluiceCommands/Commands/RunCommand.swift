import ArgumentParser
import Glibc
import SluiceEngine
import SluiceModel
import SluiceReport
import SluiceStore

/// `sluice run`: plan, gate and execute in the foreground.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Plans, gates and runs a pipeline, and shows it while it runs.",
        discussion: """
            Ctrl-C cancels with the stages' grace; twice kills at once.

            Examples:
              sluice run
              sluice run breast-cancer --set seed=7
              sluice run --worktree --stage train
              sluice run --events - | jq .type
            """)

    @OptionGroup var meaning: Meaning

    @Flag(help: "Go on with stages that do not depend on a failed one.")
    var keepGoing = false

    @Flag(help: "End with 75 instead of waiting for accounts that have no room now.")
    var noWait = false

    @Option(help: ArgumentHelp("Print every event as a line of JSON on stdout: `-`.", valueName: "-"))
    var events: String?

    @OptionGroup var output: Output

    func validate() throws {
        if let events, events != "-" { throw ValidationError("--events knows only `-`, stdout") }
        if events != nil && output.json { throw ValidationError("--events and --json both want stdout") }
    }

    func run() throws {
        let signals = RunSignals()
        let context = try RepositoryContext.open()
        let opened = try meaning.open(in: context)
        let definition = try meaning.definition(in: opened)
        let options = try meaning.options(in: context, keepGoing: keepGoing)
        let services = try StateServices.open()
        let head = try begin(definition, opened, options, context, services)
        guard let lock = try RunLock.tryHold(head.id, in: services.folder) else {
            throw CommandFailure(.storage, "run \(head.id) is held by another process")
        }
        defer { withExtendedLifetime(lock) {} }
        let live = isLive ? LiveObserver(head: head, style: output.tellingStyle, clock: services.clock) : nil
        let session = RunSession(
            context: context, services: services, installation: .current(), observers: observers(live),
            willDrive: { signals.forward(to: $0) }, patience: noWait ? .none : .stays)
        defer { live?.close() }
        guard let outcome = try session.carryOut(head) else {
            preconditionFailure("a run in the foreground is not parked")
        }
        live?.close()
        try RunEnding(output: output, services: services).tell(head.id, outcome, answersEvents: events != nil)
    }

    private var isLive: Bool { Console.tellsTerminal && events == nil && !output.quiet && !output.json }

    private func observers(_ live: LiveObserver?) -> [any RunObserver] {
        if let live { return [live] }
        if events != nil { return [EventsObserver()] }
        return output.quiet ? [] : [PlainObserver(style: output.tellingStyle, showsLogs: true)]
    }

    /// A run by hand is recorded like any other, and is ours from the start.
    private func begin(
        _ definition: Definition, _ opened: OpenRevision, _ options: RunOptions, _ context: RepositoryContext,
        _ services: StateServices
    ) throws -> RunHead {
        let trigger: Trigger = ProcessEnvironment.isCI ? .ci : .manual
        let run = NewRun(
            pipeline: definition.name, path: definition.source.path, repository: context.repository,
            revision: opened.revision, trigger: trigger, options: options)
        return try services.store.begin(run, at: services.clock.now())
    }
}

/// What is said at the end of a run in the foreground, and what the process ends with.
struct RunEnding {
    let output: Output
    let services: StateServices

    func tell(_ run: RunID, _ outcome: RunOutcome, answersEvents: Bool) throws {
        let record = try services.store.record(of: run)
        if output.json {
            output.answer(RunJSON(record))
        } else if !answersEvents {
            if !record.diagnostics.isEmpty { Diagnostics.tell(record.diagnostics) }
            output.answer(RunText.ending(record, width: output.width, style: output.style))
        }
        if let status = Self.status(of: record, outcome) { throw status.code }
    }

    /// nil: success.
    static func status(of record: RunRecord, _ outcome: RunOutcome) -> ExitStatus? {
        switch outcome {
        case .succeeded: nil
        case .failed: .failed
        case .cancelled: .cancelled
        case .lost: .internalError
        case .refused where record.reason?.hasPrefix(Halt.held) == true: .held
        case .refused: record.diagnostics.contains { $0.severity == .error } ? .of(record.diagnostics) : .refused
        }
    }
}
