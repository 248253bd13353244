import SluiceModel
import SluicePlanning

extension RunState {
    /// What came of the look at one ready stage.
    private enum Look {
        /// It is ready no more: started, bound to another profile, or ended.
        case moved
        /// It waits; the next of its lane may fit.
        case waits
        /// The whole lane waits.
        case laneWaits
        /// Everybody waits: what is left of the run as a whole does not fit now.
        case allWait
    }

    /// Starts every ready stage that gate and pool allow, in plan priority; what does not fit leaves its place to
    /// smaller ones behind it that do not move it back.
    mutating func dispatch(at now: Timestamp) {
        if let look = accounts.nextLook, look <= now { accounts.nextLook = nil }
        promised = nil
        var places = ready.heads()
        while var place = places.popFirst() {
            let index = ready.stage(at: place)
            switch look(index, lane: ready.lanes[place.lane], at: now) {
            case .allWait: return
            case .laneWaits: continue
            case .waits: place.position += 1
            case .moved: ready.remove(place)
            }
            if halt?.isFinal == true { return stopWaiting() }
            if let next = ready.place(place.position, in: place.lane) { places.insert(next) }
        }
    }

    private mutating func look(_ index: Int, lane: ReadyQueue.Lane, at now: Timestamp) -> Look {
        guard case .ready = nodes[index].phase, let bound = nodes[index].bound else { return .moved }
        if let reason = whyNot(plan.stages[index]) {
            end(index, .skipped, reason: reason)
            return .moved
        }
        guard hasRoom(lane), lane.requests.contains(where: { free.holds($0) }) else {
            if hasRoom(lane) { promise(index, at: now) }
            lookAtPool(at: now)
            return .laneWaits
        }
        guard !isHeldBack(plan.stages[index].profiles[bound.profile], at: now) else { return .waits }
        let (decision, profile) = RunGate.admission(of: index, in: plan, progress: progress(at: now))
        guard decision.isAdmitted, let profile else {
            if accountsMayHaveRoom(for: decision, at: now) { return .allWait }
            // The gate judges the whole rest: what holds up one mandatory stage holds up all.
            if decision.verdict == .wait { return plan.stages[index].isInRest ? .allWait : .waits }
            if !refuseEscalation(index, decision) { refuse(index, decision) }
            return .moved
        }
        let request = plan.stages[index].profiles[profile].request
        guard pool.holds(request) else {
            refuseForCapacity(index)
            return .moved
        }
        guard free.holds(request) else {
            promise(index, at: now)
            lookAtPool(at: now)
            // One that asks for more than its lane may wait while the others of the lane fit.
            return profile == lane.chosen && lane.requests[profile] == request ? .laneWaits : .waits
        }
        guard profile == bound.profile else {
            if refuseEscalation(index, decision) { return .moved }
            // Another way to run it reads other params: its key is another, and may be known.
            bind(index, profile: profile)
            return .moved
        }
        guard !mustPause(index, at: now) else { return .allWait }
        start(index, bound: bound, decision: decision, at: now)
        return .moved
    }

    /// What keeps a stage from being started whatever is free. A deploy refuses a degraded run by policy; a plan knows
    /// that before, but not what was degraded since.
    private mutating func whyNot(_ stage: Plan.Stage) -> String? {
        if stage.isDeploy, plan.isDegraded, !stage.definition.allowDegraded, halt?.isFinal != true {
            halt = .refused(Halt.refusal + "\(stage.name) refuses a degraded run: allow_degraded would let it")
        }
        guard let halt, halt.stops(stage) else { return nil }
        return halt.reason
    }

    private func hasRoom(_ lane: ReadyQueue.Lane) -> Bool {
        guard let matrix = lane.matrix, let most = lane.maxParallel else { return true }
        return runningInstances[matrix, default: 0] < most
    }

    private mutating func start(_ index: Int, bound: Bound, decision: GateDecision, at now: Timestamp) {
        let stage = plan.stages[index]
        let profile = stage.profiles[bound.profile]
        nodes[index].attempts += 1
        let before = RunningAttempt.Before(
            wasLost: nodes[index].isLost, wasDegraded: plan.isDegraded, firstAttempt: firstAttempt,
            failure: nodes[index].failure, escalation: nodes[index].escalation)
        let attempt = RunningAttempt(
            number: nodes[index].attempts, profile: bound.profile, started: now,
            began: profile.request.executor == ResourceRequest.local ? now : nil, before: before)
        let followsLost = nodes[index].isLost
        nodes[index].isLost = false
        nodes[index].failure = nil
        nodes[index].escalation = nil
        nodes[index].phase = .running(attempt)
        running[index] = attempt
        runningInstances[stage.definition.name, default: 0] += 1
        firstAttempt = firstAttempt ?? now
        if profile.profile.isDegraded { plan.isDegraded = true }
        free.take(profile.request)
        let end = expectedEnd(profile, at: now)
        promised?.start(profile.request, end: end)
        var order = order(index, attempt, bound.binding, decision)
        order.followsLost = followsLost
        order.booking = share(of: index, attempt.number, profile, at: now)
        effects.add(.start(order))
    }

    /// An attempt of a runner that died is this one's now.
    mutating func goOn(_ index: Int, _ held: TakenUp, _ binding: Binding, profile: Int) {
        let stage = plan.stages[index]
        let attempt = RunningAttempt(
            number: held.number, profile: profile, started: held.started, began: held.began)
        nodes[index].takenUp = nil
        nodes[index].phase = .running(attempt)
        running[index] = attempt
        runningInstances[stage.definition.name, default: 0] += 1
        firstAttempt = min(firstAttempt ?? held.started, held.started)
        if stage.profiles[profile].profile.isDegraded { plan.isDegraded = true }
        free.take(stage.profiles[profile].request)
        if stage.cachePolicy != .off { leaders[binding.key] = index }
        var order = order(index, attempt, binding, held.decision)
        order.isTakenUp = true
        effects.record([
            .warning(stage: stage.name, message: "attempt \(held.number) goes on: its runner died, it did not")
        ])
        effects.add(.start(order))
    }

    private func order(
        _ index: Int, _ attempt: RunningAttempt, _ binding: Binding, _ decision: GateDecision
    ) -> AttemptOrder {
        let stage = plan.stages[index]
        let profile = stage.profiles[attempt.profile]
        return AttemptOrder(
            stage: index, definition: stage, number: attempt.number, profile: profile, binding: binding,
            environment: environment(of: stage)?.folder, decision: decision, followsLost: false, commit: commit,
            pipeline: plan.pipeline.name, repository: plan.repository,
            holding: PoolAsk(
                pool: profile.request.executor, capacity: plan.capacity(for: profile.request) ?? plan.pool,
                request: profile.request))
    }

    private var commit: AttemptRequest.Commit {
        AttemptRequest.Commit(
            oid: plan.revision.oid.hex, reference: plan.revision.reference?.name, trusted: plan.revision.isTrusted)
    }

    mutating func refuse(_ index: Int, _ decision: GateDecision) {
        let why = Halt.refusal + (decision.explanation.first ?? "by the gate")
        halt = halt?.isFinal == true ? halt : .refused(why)
        end(index, .skipped, reason: why, decision: decision)
    }

    /// A plan is made for the pool as it is; this is for stages that it did not count, as one whose result was there.
    mutating func refuseForCapacity(_ index: Int) {
        let why = "\(plan.stages[index].name) asks for more than the whole pool has"
        refuse(
            index,
            GateDecision(
                verdict: .refuse, reason: .capacity, conflict: ["capacity"], method: "rule", explanation: [why]))
    }

    /// Recorded whenever its executor has another reason.
    mutating func attemptWaits(_ index: Int, _ number: Int, for reason: String) {
        guard let attempt = running[index], attempt.number == number, attempt.began == nil,
            attempt.waitsFor != reason
        else { return }
        running[index]?.waitsFor = reason
        effects.record([.attemptQueued(stage: plan.stages[index].name, number: number, reason: reason)])
    }

    mutating func attemptBegan(_ index: Int, _ number: Int, at now: Timestamp) {
        guard let attempt = running[index], attempt.number == number, attempt.began == nil else { return }
        running[index]?.began = now
        effects.record([.attemptBegan(stage: plan.stages[index].name, number: number)])
    }

    mutating func attemptEnded(_ index: Int, _ report: AttemptReport, at now: Timestamp) {
        guard case .running(let attempt) = nodes[index].phase, attempt.number == report.number else { return }
        let stage = plan.stages[index]
        free.giveBack(stage.profiles[attempt.profile].request)
        running[index] = nil
        runningInstances[stage.definition.name, default: 0] -= 1
        let charged = charge(stage.profiles[attempt.profile], report.result.usage)
        effects.record([
            .attemptEnded(
                stage: stage.name, RunEvent.Ended(number: report.number, result: report.result, used: charged))
        ])
        switch report.result.outcome {
        case .succeeded: succeed(index, report)
        case .skipped: end(index, .skipped, reason: report.result.reason ?? "the plugin skipped it")
        default: attemptFailed(index, attempt, report.result, at: now)
        }
        if nodes[index].end != nil { noteEnd(of: index, at: now) }
    }

    private mutating func charge(_ profile: Plan.PricedProfile, _ usage: Usage) -> [String: Amount] {
        let charges = AttemptAccount.charges(
            for: usage, request: profile.request, price: profile.price, egress: profile.profile.egress)
        for (resource, amount) in charges { used[resource, default: .zero] += amount }
        if plan.hasAccounts { used[.wall, default: .zero] += Amount(seconds: usage.wall) }
        return Dictionary(uniqueKeysWithValues: charges.map { ($0.key.rawValue, $0.value) })
    }

    private mutating func attemptFailed(
        _ index: Int, _ attempt: RunningAttempt, _ result: AttemptResult, at now: Timestamp
    ) {
        let stage = plan.stages[index]
        let seed = stage.name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        let retry = RetryDecision.next(
            after: result, attemptNumber: attempt.number, policy: stage.definition.retry,
            isDeploy: stage.isDeploy, seed: seed)
        guard let retry, !attempt.isCancelled, halt?.stops(stage) != true else {
            if result.outcome == .lost && stage.isDeploy {
                halt = .lost(Self.lostDeploy(stage.name))
            }
            return end(
                index, result.outcome, reason: nodes[index].futility ?? result.error?.message ?? result.reason)
        }
        var reason = retry.reason
        if let policy = retry.escalation {
            guard let change = escalate(index, profile: attempt.profile, by: policy, at: now) else {
                return end(index, result.outcome, reason: result.error?.message ?? result.reason)
            }
            reason += "; next with " + change
        }
        let delay = retry.delay.inSeconds
        effects.record([
            .retryScheduled(stage: stage.name, number: attempt.number + 1, delay: delay, reason: reason)
        ])
        nodes[index].failure = result
        nodes[index].isLost = result.outcome == .lost
        nodes[index].phase = .backingOff(after: result)
        backoffs.insert(Wake(time: now.advanced(bySeconds: delay), stage: index))
    }

    /// What the gate wants to know of the run so far.
    func progress(at now: Timestamp) -> RunProgress {
        RunProgress(
            ended: ended, running: running.mapValues { $0.progress(at: now) }, used: used,
            elapsed: firstAttempt.map { now.passed(since: $0) } ?? .zero)
    }
}

extension RunState.RunningAttempt {
    /// What it waits in its executor's queue is no time that it runs.
    func progress(at now: Timestamp) -> RunProgress.Running {
        guard let began else { return .init(profile: profile, elapsed: .zero, queued: now.passed(since: started)) }
        return .init(profile: profile, elapsed: now.passed(since: began))
    }
}

extension Timestamp {
    fileprivate func passed(since start: Timestamp) -> Duration {
        .milliseconds(max(0, milliseconds - start.milliseconds))
    }
}

extension Plan.Stage {
    /// Whether the gate counts it in the rest of a run before anybody asks for it.
    fileprivate var isInRest: Bool { condition != .fails && cache.entry == nil }
}
