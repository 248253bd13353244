import Glibc
import SluiceEngine
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

/// Carries out what is queued, one run after the other. Several workers of a state folder share its queue.
struct Worker {
    let services: StateServices
    let installation: Installation
    let signals: RunSignals
    /// How long to wait for more before ending; nil: for ever.
    let idleExit: Duration?
    /// Ends at once where another worker is alive.
    var isAlone = false

    /// Returns when there is nothing left to do.
    func work() throws {
        while let place = try takePlace() {
            repeat { try drainPatiently() } while try !signals.hasArrived && waitForWork()
            withExtendedLifetime(place) {}
            // Whoever queued while we held the place saw a worker and went away: look once more without it.
            guard try !signals.hasArrived && services.hasWork() else { return }
        }
    }

    private func takePlace() throws -> HeldLock? {
        try isAlone ? WorkerLock.tryHoldAlone(in: services.folder) : WorkerLock.tryHold(in: services.folder)
    }

    /// What another process holds for long is tried again: runs stay in their records as they are meanwhile.
    private func drainPatiently() throws {
        do { try drain() } catch let error as StoreError where error.code == .busy {
            Console.tell("sluice: \(error.message); trying again")
        }
    }

    /// Until nothing is queued, nothing is left by the dead, and nothing is parked.
    private func drain() throws {
        let intake = Intake(services: services, installation: installation)
        var failed: Set<RunID> = []
        var parked = ParkedRuns(services: services)
        while !signals.hasArrived {
            for outcome in try intake.drain() { for remark in outcome.remarks { Console.tell("sluice: \(remark)") } }
            if let (head, isResumed) = try next(&parked, failed) {
                if try !carryOut(head, isResumed: isResumed) { failed.insert(head.id) }
            } else if try services.isWaitedFor() {
                usleep(Self.interval)
            } else {
                return
            }
        }
    }

    private func next(
        _ parked: inout ParkedRuns, _ failed: Set<RunID>
    ) throws -> (head: RunHead, isResumed: Bool)? {
        if let head = try services.interrupted().first(where: { !failed.contains($0.id) }) { return (head, true) }
        if let head = try parked.next() { return (head, true) }
        return try services.store.claimNext(at: services.clock.now()).map { ($0, false) }
    }

    /// Whether the run was ours to carry out: not when another holds it, or was faster.
    private func carryOut(_ head: RunHead, isResumed: Bool) throws -> Bool {
        guard let lock = try RunLock.tryHold(head.id, in: services.folder) else { return false }
        defer { withExtendedLifetime(lock) {} }
        let record = try services.store.record(of: head.id)
        guard record.head.state != .ended else { return false }
        let undriven = UndrivenRun(head: head, services: services)
        do {
            guard !isResumed || !head.revision.isWorktree else { throw Self.otherWorktree }
            let context = try RepositoryContext.open(at: head.repository.gitDirectory)
            let session = RunSession(
                context: context, services: services, installation: installation,
                observers: [PlainObserver(style: .plain, showsLogs: false)],
                willDrive: { [signals] in signals.forward(to: $0) }, patience: .parks)
            guard let outcome = try session.carryOut(head, from: record) else { return true }
            undriven.unpin()
            Console.tell("sluice: run \(head.id) \(outcome.rawValue)")
        } catch let error as StoreError where error.code == .busy {
            throw error
        } catch {
            // A run that cannot even be tried ends, with the reason in its record.
            let reason = ErrorText.describe(error)
            Console.tell("sluice: run \(head.id): \(reason)")
            try undriven.lose(because: reason)
        }
        return true
    }

    /// Microseconds between two looks at the queue.
    private static let interval: UInt32 = 250_000

    /// Nobody kept the files of a run with `--worktree`: with those of now it would be half of each.
    private static let otherWorktree = CommandFailure(
        .storage, "its runner died, and the working tree may have changed since", hint: "run it again")

    private func waitForWork() throws -> Bool {
        guard idleExit != .zero else { return false }
        var waited = Duration.zero
        while !signals.hasArrived, idleExit.map({ waited < $0 }) ?? true {
            usleep(Self.interval)
            waited += .microseconds(Int64(Self.interval))
            if try services.hasWork() || !Spool(folder: services.folder).isEmpty { return true }
        }
        return false
    }
}
