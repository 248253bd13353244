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

    /// Executes a plan from its start. nil: it is parked until its accounts have room.
    package func execute(
        _ plan: Plan, options: RunOptions, patience: Patience = .stays
    ) throws(StoreError) -> RunOutcome? {
        try drive(RunState(plan: plan, options: options, patience: patience))
    }

    /// Goes on where the journal of an interrupted run ends. Nobody else may hold the run.
    package func resume(
        _ plan: Plan, options: RunOptions, patience: Patience = .stays, from record: RunRecord
    ) throws(StoreError) -> RunOutcome? {
        var held = HeldAttempts()
        var lost: [RunEvent.Kind] = []
        for stage in record.stages {
            for attempt in stage.attempts where attempt.ended == nil {
                let started = attempt.started
                let executor = ports.executors[started.executor]
                let folder = ports.workspaces.folder(named: started.folder)
                if plan.has(stage.name, started.profile), executor.holds(started.folder) {
                    held.add(stage.name, executor, folder)
                } else {
                    ports.workspaces.abandon(folder, by: executor)
                    let share = plan.share(of: attempt, at: stage.name)
                    lost.append(
                        .attemptEnded(stage: stage.name, .lost(number: started.number, charged: share)))
                }
            }
        }
        var record = record
        if !lost.isEmpty {
            let events = try ports.journal.append(lost, to: run, at: ports.clock.now())
            for event in events { record.apply(event) }
            announce(events)
        }
        let state = RunState(
            plan: plan, options: options, patience: patience, resuming: record, holding: held.stages)
        return try drive(state, held: held)
    }

    private func drive(_ initial: RunState, held: HeldAttempts = HeldAttempts()) throws(StoreError) -> RunOutcome? {
        var state = initial
        var attempts: [Int: Cancellation] = [:]
        var held = held
        // Those that the run did not want any more.
        defer { held.endAll(in: ports.workspaces) }
        var queue: [Happening] = [.begin]
        do {
            while true {
                // It grows while what can be answered at once is answered.
                var next = 0
                while next < queue.count {
                    let effects = state.apply(queue[next], at: ports.clock.now())
                    for effect in effects { try perform(effect, &attempts, &queue, &held) }
                    if case .attemptEnded(_, let report) = queue[next] { report.settle() }
                    next += 1
                }
                if let outcome = state.end { return outcome }
                if state.isParked { return nil }
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
        _ effect: Effect, _ attempts: inout [Int: Cancellation], _ queue: inout [Happening],
        _ held: inout HeldAttempts
    ) throws(StoreError) {
        switch effect {
        case .record(let kinds, let booking): try record(kinds, booking)
        case .complete(let completion, let kinds, let booking): try complete(completion, kinds, booking)
        case .admit(let kinds, let booking): queue.append(try admit(kinds, booking))
        case .wait(let asks, let isParked, let kinds):
            guard let ledger = ports.ledger else { return try record(kinds, nil) }
            announce(try ledger.wait(run, for: asks, isParked: isParked, events: kinds, at: ports.clock.now()))
        case .look(let accounts): queue.append(try look(accounts))
        case .lookUp(let stage, let key, let query):
            queue.append(.lookedUp(stage: stage, try ResultLookup(ports: ports).entry(for: key, query)))
        case .provideEnvironment(let stage, let plugin): provideEnvironment(stage, plugin)
        case .start(let order) where order.isTakenUp:
            if let folder = held.take(order.definition.name) { launch(order, folder, &attempts) }
        case .start(let order): if let obstacle = try start(order, &attempts) { queue.append(obstacle) }
        case .cancelAttempt(let stage, let reason, let killNow):
            killNow ? attempts[stage]?.killNow(reason) : attempts[stage]?.cancel(reason)
        }
    }

    private func announce(_ events: [RunEvent]) {
        for event in events { for observer in observers { observer.recorded(event) } }
    }

    private func record(_ kinds: [RunEvent.Kind], _ booking: Booking?) throws(StoreError) {
        let now = ports.clock.now()
        guard let booking, let ledger = ports.ledger else {
            return announce(try ports.journal.append(kinds, to: run, at: now))
        }
        if case .booked(let events) = try ledger.append(kinds, booking: booking, to: run, at: now) { announce(events) }
    }

    private func admit(_ kinds: [RunEvent.Kind], _ booking: Booking) throws(StoreError) -> Happening {
        guard let ledger = ports.ledger else {
            try record(kinds, nil)
            return .admitted
        }
        switch try ledger.append(kinds, booking: booking, to: run, at: ports.clock.now()) {
        case .booked(let events):
            announce(events)
            return .admitted
        case .moved(let standings): return .looked(accounts: standings, pool: nil)
        case .crowded(let others): return .looked(accounts: nil, pool: others)
        }
    }

    /// What runs hold whose runner died is given back first: nobody would do that for whoever waits for it.
    private func look(_ accounts: [Account]) throws(StoreError) -> Happening {
        guard let ledger = ports.ledger else { return .looked(accounts: nil, pool: nil) }
        let now = ports.clock.now()
        if !accounts.isEmpty { try ledger.releaseDead(at: now) }
        return .looked(
            accounts: accounts.isEmpty ? nil : try ledger.standings(of: accounts, without: run, at: now),
            pool: try ledger.othersAsk(without: run))
    }

    private func complete(
        _ completion: StageCompletion, _ kinds: [RunEvent.Kind], _ booking: Booking?
    ) throws(StoreError) {
        let now = ports.clock.now()
        var completion = completion
        completion.entry.run = run
        completion.entry.created = now
        announce(try ports.journal.finish(completion, events: kinds, booking: booking, to: run, at: now))
    }

    /// What kept it from starting; nil: nothing did.
    private func start(
        _ order: AttemptOrder, _ attempts: inout [Int: Cancellation]
    ) throws(StoreError) -> Happening? {
        let stage = order.definition.name
        let folder = ports.workspaces.folder(
            run: run, stage: stage, number: order.number, on: order.profile.request.executor)
        let started = RunEvent.Started(
            number: order.number, profile: order.profile.profile.name, executor: order.profile.request.executor,
            decision: order.decision, folder: folder.name, granted: order.profile.request,
            plugin: order.definition.plugin?.manifest.name, estimate: order.profile.estimate,
            dataBytes: order.definition.dataBytes, isDegraded: order.profile.profile.isDegraded)
        if let obstacle = try announceStart(order, .attemptStarted(stage: stage, started)) { return obstacle }
        launch(order, folder, &attempts)
        return nil
    }

    private func launch(_ order: AttemptOrder, _ folder: AttemptFolder, _ attempts: inout [Int: Cancellation]) {
        let stage = order.definition.name
        let cancellation = Cancellation()
        attempts[order.stage] = cancellation
        let runner = AttemptRunner(
            run: run, ports: ports, order: order, folder: folder,
            executor: ports.executors[order.profile.request.executor], isTakenUp: order.isTakenUp)
        let (mailbox, observers) = (mailbox, observers)
        onThread(orElse: { .attemptEnded(stage: order.stage, .noThread(number: order.number)) }) {
            let report = runner.run(cancellation: cancellation) { event in
                order.happening(of: event).map(mailbox.post)
                for observer in observers { observer.attempt(stage, number: order.number, said: event) }
            }
            mailbox.post(.attemptEnded(stage: order.stage, report))
        }
    }

    private func announceStart(_ order: AttemptOrder, _ started: RunEvent.Kind) throws(StoreError) -> Happening? {
        let now = ports.clock.now()
        guard let ledger = ports.ledger else {
            announce(try ports.journal.append([started], to: run, at: now))
            return nil
        }
        switch try ledger.start(started, holding: order.holding, booking: order.booking, in: run, at: now) {
        case .booked(let events):
            announce(events)
            return nil
        case .moved(let standings): return .notStarted(stage: order.stage, accounts: standings, pool: nil)
        case .crowded(let others): return .notStarted(stage: order.stage, accounts: nil, pool: others)
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

extension AttemptOrder {
    /// What a run has to know of what its attempt says.
    fileprivate func happening(of event: AttemptEvent) -> Happening? {
        switch event {
        case .waiting(let reason): .attemptWaits(stage: stage, number: number, reason: reason)
        case .began: .attemptBegan(stage: stage, number: number)
        case .log, .progress, .metric, .checkpoint, .heartbeat: nil
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
