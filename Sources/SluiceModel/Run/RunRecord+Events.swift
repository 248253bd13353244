extension RunRecord {
    /// Folds one event in; events must come in their order.
    package mutating func apply(_ event: RunEvent) {
        switch event.kind {
        case .planned(let planned): apply(planned, at: event.time)
        case .rejected(let found, let verdict):
            diagnostics = found
            decision = verdict
        case .waiting(let reason, let ofStage):
            let ofRun = decision.flatMap { $0.verdict == .wait ? $0 : nil }
            wait(Wait(reason: reason, since: event.time, decision: ofStage ?? ofRun))
        case .attemptStarted(let stage, let started): start(stage, started, at: event.time)
        case .attemptQueued(let stage, let number, let why):
            changeAttempt(number, of: stage) { $0.wait(for: why, at: event.time) }
        case .attemptBegan(let stage, let number): changeAttempt(number, of: stage) { $0.begin(at: event.time) }
        case .attemptEnded(let stage, let ended): end(stage, ended, at: event.time)
        case .retryScheduled(let stage, let number, let delay, let reason):
            change(stage) { $0.retries.append(Retry(number: number, delay: delay, reason: reason)) }
        case .futile(let stage, let why): change(stage) { $0.futility = why }
        case .replanned(let why, let order): replans.append(Replan(time: event.time, reason: why, order: order))
        case .checkJudged(let stage, let result): change(stage) { $0.checks.append(result) }
        case .stageEnded(let stage, let end):
            change(stage) {
                $0.end = end
                $0.cache = end.cache ?? $0.cache
                $0.decision = end.decision ?? $0.decision
            }
        case .warning(nil, let message): warnings.append(message)
        case .warning(.some(let stage), let message): change(stage) { $0.warnings.append(message) }
        case .runEnded(let outcome, let why):
            endWait(at: event.time)
            head.state = .ended
            head.outcome = outcome
            head.ended = event.time
            reason = why
        }
    }

    /// What is said anew of a wait that goes on takes the place of what was said: it is planned and waits again at once.
    private mutating func wait(_ wait: Wait) {
        var wait = wait
        if let open = waits.last, open.until ?? wait.since == wait.since, open.subject == wait.subject {
            wait.since = open.since
            waits.removeLast()
        }
        endWait(at: wait.since)
        head.state = .waiting
        waitingFor = wait.reason
        waits.append(wait)
    }

    private mutating func endWait(at time: Timestamp) {
        guard let last = waits.indices.last, waits[last].until == nil else { return }
        waits[last].until = time
    }

    private mutating func apply(_ planned: RunEvent.Planned, at time: Timestamp) {
        endWait(at: time)
        decision = planned.decision
        head.isDegraded = planned.isDegraded
        head.state = .running
        head.started = head.started ?? time
        let earlier = stages
        stages = planned.stages.map { stage in
            // A resumed run is planned again: what has happened already stays.
            if let known = earlier.first(where: { $0.name == stage.name }), known.end != nil { return known }
            var fresh = Stage(
                name: stage.name, needs: stage.needs, profile: stage.profile, cache: stage.cache,
                decision: stage.decision, estimate: stage.estimate)
            if let known = earlier.first(where: { $0.name == stage.name }) {
                fresh.attempts = known.attempts
                fresh.retries = known.retries
                fresh.futility = known.futility
            }
            return fresh
        }
    }

    private mutating func start(_ stage: String, _ started: RunEvent.Started, at time: Timestamp) {
        endWait(at: time)
        waitingFor = nil
        head.state = .running
        // Also one that was not planned so, but degraded while it ran.
        if started.isDegraded { head.isDegraded = true }
        change(stage) {
            $0.attempts.append(Attempt(started: started, startTime: time))
            $0.profile = started.profile
            $0.decision = started.decision
            $0.estimate = started.estimate ?? $0.estimate
        }
    }

    private mutating func end(_ stage: String, _ ended: RunEvent.Ended, at time: Timestamp) {
        changeAttempt(ended.number, of: stage) { attempt in
            attempt.endWait(at: time)
            attempt.ended = ended
            attempt.endTime = time
        }
        for (resource, amount) in ended.used { usage[resource, default: .zero] += amount }
    }

    private mutating func change(_ name: String, _ update: (inout Stage) -> Void) {
        guard let index = stages.firstIndex(where: { $0.name == name }) else { return }
        update(&stages[index])
    }

    private mutating func changeAttempt(_ number: Int, of stage: String, _ update: (inout Attempt) -> Void) {
        change(stage) { stage in
            guard let index = stage.attempts.firstIndex(where: { $0.started.number == number }) else { return }
            update(&stage.attempts[index])
        }
    }
}

extension RunRecord.Attempt {
    fileprivate mutating func wait(for reason: String, at time: Timestamp) {
        endWait(at: time)
        waits.append(RunRecord.Wait(reason: reason, since: time))
    }

    fileprivate mutating func begin(at time: Timestamp) {
        endWait(at: time)
        began = began ?? time
    }

    fileprivate mutating func endWait(at time: Timestamp) {
        guard let last = waits.indices.last, waits[last].until == nil else { return }
        waits[last].until = time
    }
}
