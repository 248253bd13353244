import SluiceModel
import SluicePlanning

/// Drives one run to its end: feeds happenings to its `RunState` and carries out what that answers with.
///
/// It blocks the calling thread. The journal is written before anything that it announces is done, so a run whose
/// process dies goes on from there.
package struct RunDriver: Sendable {
    private let run: RunID
    private let ports: RunPorts
    private let observers: [any RunObserver]
    private let mailbox = Mailbox<Happening>()

    package init(run: RunID, ports: RunPorts, observers: [any RunObserver]) {
        self.run = run
        self.ports = ports
        self.observers = observers
    }

    /// Asks the run to end; from any thread.
    package func cancel(_ reason: CancelReason, killNow: Bool) {
        mailbox.post(.cancel(reason, killNow: killNow))
    }

    /// Executes a plan from its start.
    package func execute(_ plan: Plan, options: RunOptions) throws(StoreError) -> RunOutcome {
        try drive(RunState(plan: plan, options: options))
    }

    /// Goes on where the journal of an interrupted run ends. Nobody else may hold the run.
    package func resume(_ plan: Plan, options: RunOptions, from record: RunRecord) throws(StoreError) -> RunOutcome {
        let lost = record.stages.flatMap { stage in
            stage.attempts.filter { $0.ended == nil }.map { attempt in
                ports.executor.endLeftovers(of: attempt.started.folder)
                return RunEvent.Kind.attemptEnded(stage: stage.name, .lost(number: attempt.started.number))
            }
        }
        if !lost.isEmpty { announce(try ports.journal.append(lost, to: run, at: ports.clock.now())) }
        return try drive(RunState(plan: plan, options: options, resuming: record))
    }

    private func drive(_ initial: RunState) throws(StoreError) -> RunOutcome {
        var state = initial
        var attempts: [Int: Cancellation] = [:]
        var queue: [Happening] = [.begin]
        do {
            while true {
                // It grows while what can be answered at once is answered.
                var next = 0
                while next < queue.count {
                    let effects = state.apply(queue[next], at: ports.clock.now())
                    for effect in effects { try perform(effect, &attempts, &queue) }
                    next += 1
                }
                if let outcome = state.end { return outcome }
                queue = mailbox.take(waitingAtMost: waitingTime(of: state))
                for case .attemptEnded(let stage, _) in queue { attempts[stage] = nil }
                if queue.isEmpty { queue = [.tick] }
            }
        } catch {
            abandon(attempts)
            throw error
        }
    }

    private func waitingTime(of state: RunState) -> Int64 {
        guard let wake = state.nextWake else { return -1 }
        return max(0, wake.milliseconds - ports.clock.now().milliseconds)
    }

    private func perform(
        _ effect: Effect, _ attempts: inout [Int: Cancellation], _ queue: inout [Happening]
    ) throws(StoreError) {
        switch effect {
        case .record(let kinds): announce(try ports.journal.append(kinds, to: run, at: ports.clock.now()))
        case .complete(let completion, let kinds): try complete(completion, kinds)
        case .lookUp(let stage, let key, let query):
            queue.append(.lookedUp(stage: stage, try ResultLookup(ports: ports).entry(for: key, query)))
        case .provideEnvironment(let stage, let plugin): provideEnvironment(stage, plugin)
        case .start(let order): try start(order, &attempts)
        case .cancelAttempt(let stage, let reason, let killNow):
            killNow ? attempts[stage]?.killNow(reason) : attempts[stage]?.cancel(reason)
        }
    }

    private func announce(_ events: [RunEvent]) {
        for event in events { for observer in observers { observer.recorded(event) } }
    }

    private func complete(_ completion: StageCompletion, _ kinds: [RunEvent.Kind]) throws(StoreError) {
        let now = ports.clock.now()
        var completion = completion
        completion.entry.run = run
        completion.entry.created = now
        announce(try ports.journal.finish(completion, events: kinds, to: run, at: now))
    }

    private func start(_ order: AttemptOrder, _ attempts: inout [Int: Cancellation]) throws(StoreError) {
        let stage = order.definition.name
        let folder = try ports.workspaces.create(run: run, stage: stage, number: order.number)
        let started = RunEvent.Started(
            number: order.number, profile: order.profile.profile.name, executor: ports.executor.name,
            decision: order.decision, folder: folder.name, granted: order.profile.request)
        announce(
            try ports.journal.append([.attemptStarted(stage: stage, started)], to: run, at: ports.clock.now()))
        let cancellation = Cancellation()
        attempts[order.stage] = cancellation
        let runner = AttemptRunner(run: run, ports: ports, order: order, folder: folder)
        let (mailbox, observers) = (mailbox, observers)
        onThread(orElse: { .attemptEnded(stage: order.stage, .noThread(number: order.number)) }) {
            let report = runner.run(cancellation: cancellation) { event in
                for observer in observers { observer.attempt(stage, number: order.number, said: event) }
            }
            mailbox.post(.attemptEnded(stage: order.stage, report))
        }
    }

    private func provideEnvironment(_ stage: Int, _ plugin: ResolvedPlugin) {
        let (mailbox, ports) = (mailbox, ports)
        onThread(
            orElse: { .environmentProvided(stage: stage, .failure(PluginError(.environmentFailed, "no thread left"))) }
        ) {
            let result: Result<ProvidedEnvironment, PluginError>
            do throws(PluginError) {
                let bytes = try ports.requirements(plugin)
                let identity = try ports.environments.identity(of: bytes, searchPath: ports.searchPath)
                if identity.lock == nil { mailbox.post(.environmentMissing(stage: stage)) }
                result = .success(try ports.environments.provide(identity, requirements: bytes) { _ in })
            } catch {
                result = .failure(error)
            }
            mailbox.post(.environmentProvided(stage: stage, result))
        }
    }

    private func onThread(orElse failure: () -> Happening, _ work: @escaping @Sendable () -> Void) {
        if !WorkerThread.start(work) { mailbox.post(failure()) }
    }

    /// The journal cannot be written: nothing that runs may go on unrecorded.
    private func abandon(_ attempts: [Int: Cancellation]) {
        var left = Set(attempts.keys)
        for cancellation in attempts.values { cancellation.killNow(.shutdown) }
        while !left.isEmpty {
            for case .attemptEnded(let stage, _) in mailbox.take(waitingAtMost: -1) { left.remove(stage) }
        }
    }
}

extension AttemptReport {
    fileprivate static func noThread(number: Int) -> AttemptReport {
        let error = AttemptError(
            errorClass: .transient, code: "executor.no_thread", message: "the system has no thread left for an attempt")
        return AttemptReport(number: number, result: AttemptResult(outcome: .failed, error: error))
    }
}
