import Glibc
import SluiceEngine
import SluiceExecution
import SluiceModel
import SluiceStore

/// Runs that wait for accounts and that nobody drives meanwhile: each is looked at again, in the order of their coming,
/// when something was booked, and now and then because windows roll over.
private struct ParkedRuns {
    let services: StateServices
    private var looks: [RunID: (version: Int64, time: Timestamp)] = [:]

    /// Seconds.
    private static let interval = 2.0

    init(services: StateServices) { self.services = services }

    mutating func next() throws -> RunHead? {
        let version = try services.store.ledgerVersion()
        let now = services.clock.now()
        for run in try services.store.parked() {
            if let last = looks[run], last.version == version, abs(now.seconds(since: last.time)) < Self.interval {
                continue
            }
            looks[run] = (version, now)
            return try services.store.head(of: run)
        }
        return nil
    }
}

/// Drains the queue: one run after the other, one worker per state folder.
struct Worker {
    let services: StateServices
    let installation: Installation
    let signals: RunSignals
    /// How long to wait for more before ending; nil: for ever.
    let idleExit: Duration?

    /// Returns when there is nothing left to do, or at once when another worker is at work.
    func work() throws {
        while try drainAlone(), !signals.hasArrived {
            // Whoever queued while we held the lock found it taken and went away: look once more without it.
            if try services.hasWork() { continue }
            guard try waitForWork() else { return }
        }
    }

    /// False when another worker is at work.
    private func drainAlone() throws -> Bool {
        guard let lock = try WorkerLock.tryHold(in: services.folder) else { return false }
        defer { withExtendedLifetime(lock) {} }
        try drain()
        return true
    }

    private func drain() throws {
        let intake = Intake(services: services, installation: installation)
        var failed: Set<RunID> = []
        var parked = ParkedRuns(services: services)
        while !signals.hasArrived {
            for outcome in try intake.drain() { for remark in outcome.remarks { Console.tell("sluice: \(remark)") } }
            let interrupted = try services.interrupted().filter { !failed.contains($0.id) }
            if let head = interrupted.first {
                if try !carryOut(head, isResumed: true) { failed.insert(head.id) }
                continue
            }
            if let head = try parked.next() {
                _ = try carryOut(head, isResumed: true)
                continue
            }
            guard let head = try services.store.claimNext(at: services.clock.now()) else {
                guard try !services.store.parked().isEmpty else { return }
                usleep(250_000)
                continue
            }
            if try !carryOut(head, isResumed: false) { failed.insert(head.id) }
        }
    }

    /// Whether the run was ours to carry out.
    private func carryOut(_ head: RunHead, isResumed: Bool) throws -> Bool {
        guard let lock = try RunLock.tryHold(head.id, in: services.folder) else { return false }
        defer { withExtendedLifetime(lock) {} }
        do {
            guard !isResumed || !head.revision.isWorktree else { throw Self.otherWorktree }
            let context = try RepositoryContext.open(at: head.repository.gitDirectory)
            let session = RunSession(
                context: context, services: services, installation: installation,
                observers: [PlainObserver(style: .plain, showsLogs: false)],
                willDrive: { [signals] in signals.forward(to: $0) }, patience: .parks)
            let record = isResumed ? try services.store.record(of: head.id) : nil
            guard let outcome = try session.carryOut(head, from: record) else { return true }
            if context.git.isBare { try? context.git.unpin(run: head.id.number) }
            Console.tell("sluice: run \(head.id) \(outcome.rawValue)")
        } catch {
            try giveUp(head, because: error)
        }
        return true
    }

    /// Nobody kept the files of a run with `--worktree`: with those of now it would be half of each.
    private static let otherWorktree = CommandFailure(
        .storage, "its runner died, and the working tree may have changed since", hint: "run it again")

    /// A run that cannot even be tried ends, with the reason in its record.
    private func giveUp(_ head: RunHead, because error: any Error) throws {
        let reason = ErrorText.describe(error)
        Console.tell("sluice: run \(head.id): \(reason)")
        let record = try services.store.record(of: head.id)
        for stage in record.stages {
            guard let attempt = stage.running else { continue }
            LocalExecutor(stateFolder: services.folder.path).endLeftovers(of: attempt.started.folder)
        }
        try services.store.append(
            record.eventsOfLoss(because: reason), to: head.id, at: services.clock.now())
        let git = try? RepositoryContext.open(at: head.repository.gitDirectory).git
        if let git, git.isBare { try? git.unpin(run: head.id.number) }
    }

    private func waitForWork() throws -> Bool {
        guard idleExit != .zero else { return false }
        var waited = Duration.zero
        while !signals.hasArrived, idleExit.map({ waited < $0 }) ?? true {
            usleep(250_000)
            waited += .milliseconds(250)
            if try services.hasWork() || !Spool(folder: services.folder).isEmpty { return true }
        }
        return false
    }
}
