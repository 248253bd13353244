import SluiceModel
import SluicePlanning

extension RunState {
    /// Starts every ready stage that gate and pool allow, in plan priority; what does not fit leaves its place to
    /// smaller ones behind it.
    mutating func dispatch(at now: Timestamp) {
        for index in ready {
            guard case .ready = nodes[index].phase else { continue }
            if let halt, plan.stages[index].definition.after == .success || halt.isFinal {
                end(index, .skipped, reason: halt.reason)
            } else {
                tryToStart(index, at: now)
            }
        }
        ready.removeAll { index in
            guard case .ready = nodes[index].phase else { return true }
            return false
        }
    }

    private mutating func tryToStart(_ index: Int, at now: Timestamp) {
        guard let bound = nodes[index].bound, hasRoomInMatrix(index) else { return }
        let stage = plan.stages[index]
        guard free.holds(stage.profiles[bound.profile].request) || stage.profiles.count > 1 else { return }
        let (decision, profile) = RunGate.admission(of: index, in: plan, progress: progress(at: now))
        guard decision.isAdmitted, let profile else {
            return decision.verdict == .wait ? () : refuse(index, decision)
        }
        guard free.holds(stage.profiles[profile].request) else { return }
        // Another way to run it reads other params: its key is another, and may be known.
        guard profile == bound.profile else { return bind(index, profile: profile) }
        start(index, bound: bound, decision: decision, at: now)
    }

    private func hasRoomInMatrix(_ index: Int) -> Bool {
        let definition = plan.stages[index].definition
        guard let most = definition.matrix?.maxParallel else { return true }
        let running = nodes.indices.count { other in
            guard case .running = nodes[other].phase else { return false }
            return plan.stages[other].definition.name == definition.name
        }
        return running < most
    }

    private mutating func start(_ index: Int, bound: Bound, decision: GateDecision, at now: Timestamp) {
        let stage = plan.stages[index]
        let profile = stage.profiles[bound.profile]
        nodes[index].attempts += 1
        let number = nodes[index].attempts
        nodes[index].phase = .running(RunningAttempt(number: number, profile: bound.profile, started: now))
        firstAttempt = firstAttempt ?? now
        free.take(profile.request)
        effects.append(
            .start(
                AttemptOrder(
                    stage: index, definition: stage, number: number, profile: profile, binding: bound.binding,
                    environment: nodes[index].environment?.folder, decision: decision, commit: commit,
                    pipeline: plan.pipeline.name, repository: plan.repository)))
    }

    private var commit: AttemptRequest.Commit {
        AttemptRequest.Commit(
            oid: plan.revision.oid.hex, reference: plan.revision.reference?.name, trusted: plan.revision.isTrusted)
    }

    private mutating func refuse(_ index: Int, _ decision: GateDecision) {
        let why = decision.explanation.first ?? "refused by the gate"
        halt = halt ?? .refused("refused: \(why)")
        end(index, .skipped, reason: "refused: \(why)")
    }

    mutating func attemptEnded(_ index: Int, _ report: AttemptReport, at now: Timestamp) {
        guard case .running(let attempt) = nodes[index].phase, attempt.number == report.number else { return }
        let stage = plan.stages[index]
        let profile = stage.profiles[attempt.profile]
        free.giveBack(profile.request)
        let charges = AttemptAccount.charges(
            for: report.result.usage, request: profile.request, price: profile.price)
        for (resource, amount) in charges { used[resource, default: .zero] += amount }
        let named = Dictionary(uniqueKeysWithValues: charges.map { ($0.key.rawValue, $0.value) })
        effects.append(
            .record([
                .attemptEnded(
                    stage: stage.name, RunEvent.Ended(number: report.number, result: report.result, used: named))
            ]))
        switch report.result.outcome {
        case .succeeded: succeed(index, report)
        case .skipped: end(index, .skipped, reason: report.result.reason ?? "the plugin skipped it")
        default: failedAttempt(index, report.result, at: now)
        }
    }

    private mutating func failedAttempt(_ index: Int, _ result: AttemptResult, at now: Timestamp) {
        let stage = plan.stages[index]
        let seed = UInt64(bitPattern: Int64(stage.name.utf8.reduce(5381) { $0 &* 33 &+ Int($1) }))
        let retry = RetryDecision.next(
            after: result, attemptNumber: nodes[index].attempts, policy: stage.definition.retry,
            isDeploy: stage.isDeploy, seed: seed)
        guard let retry, halt == nil else {
            if result.outcome == .lost && stage.isDeploy {
                halt = halt ?? .lost(Self.lostDeploy(stage.name))
            }
            return end(index, result.outcome, reason: result.error?.message ?? result.reason)
        }
        let delay = retry.delay.inSeconds
        effects.append(
            .record([
                .retryScheduled(
                    stage: stage.name, number: nodes[index].attempts + 1, delay: delay, reason: retry.reason)
            ]))
        nodes[index].phase = .backingOff(until: now.advanced(bySeconds: delay))
    }

    /// What the gate wants to know of the run so far.
    private func progress(at now: Timestamp) -> RunProgress {
        var progress = RunProgress(used: used, elapsed: .zero)
        if let firstAttempt { progress.elapsed = .milliseconds(now.milliseconds - firstAttempt.milliseconds) }
        for (index, node) in nodes.enumerated() {
            switch node.phase {
            case .ended: progress.ended.insert(index)
            case .running(let attempt):
                progress.running[index] = RunProgress.Running(
                    profile: attempt.profile,
                    elapsed: .milliseconds(now.milliseconds - attempt.started.milliseconds))
            default: break
            }
        }
        return progress
    }
}
