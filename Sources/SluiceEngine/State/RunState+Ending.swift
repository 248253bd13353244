import SluiceModel
import SluicePlanning

extension RunState {
    /// An attempt went well: its checks are judged, its result is remembered, and the stage ends.
    mutating func succeed(_ index: Int, _ report: AttemptReport) {
        guard let bound = nodes[index].bound else { preconditionFailure("what runs was bound before") }
        let stage = plan.stages[index]
        var cache = stage.cache
        cache.entry = nil
        cache.key = bound.binding.key
        var end = RunEvent.StageEnd(
            outcome: .succeeded, cache: cache,
            metrics: report.result.metrics, outputValues: report.result.outputValues, artifacts: report.artifacts)
        let judged = judge(stage, &end)
        effects.complete(completion(of: index, bound: bound, end), judged + ended(stage, end))
        settle(index, end)
    }

    /// A result from an earlier run: checks are judged on it too.
    mutating func endCached(_ index: Int, _ entry: CacheEntry, reason: String?) {
        let stage = plan.stages[index]
        var end = entry.end
        end.reason = reason
        end.cache = CacheState(state: .hit, reason: reason, key: entry.key)
        let judged = judge(stage, &end)
        effects.record(judged + ended(stage, end))
        settle(index, end)
    }

    mutating func fail(_ index: Int, reason: String) { end(index, .failed, reason: reason) }

    /// Ends a stage that made nothing.
    mutating func end(_ index: Int, _ outcome: Outcome, reason: String?, decision: GateDecision? = nil) {
        guard nodes[index].end == nil else { return }
        let end = RunEvent.StageEnd(outcome: outcome, reason: reason, decision: decision)
        if let held = nodes[index].takenUp {
            nodes[index].takenUp = nil
            effects.record([.attemptEnded(stage: plan.stages[index].name, .lost(number: held.number))])
        }
        effects.record(ended(plan.stages[index], end))
        settle(index, end)
    }

    private func ended(_ stage: Plan.Stage, _ end: RunEvent.StageEnd) -> [RunEvent.Kind] {
        [.stageEnded(stage: stage.name, end)]
    }

    /// Judges the stage's checks; a fatal one turns the end into a failure that keeps its results.
    private func judge(_ stage: Plan.Stage, _ end: inout RunEvent.StageEnd) -> [RunEvent.Kind] {
        let results = stage.definition.checks.map { CheckJudge.judge($0, metrics: end.metrics) }
        if let broken = results.first(where: \.isFatal) {
            end.outcome = .failed
            let value = broken.value.map { "\($0)" } ?? "missing"
            end.reason = "check \(broken.metric) \(broken.limit): it is \(value)"
        }
        return results.map { .checkJudged(stage: stage.name, $0) }
    }

    /// Moves a stage to its end and lets those behind it come.
    private mutating func settle(_ index: Int, _ end: RunEvent.StageEnd) {
        note(index, end)
        for dependent in nodes[index].dependents where nodes[dependent].unmet == 0 { frontier.append(dependent) }
        // A failure stops what has not started, unless the pipeline or the person wants to go on.
        stopSiblings(ofFailed: index)
        haltAfterFailure(of: index)
        letGo(of: index)
    }

    /// Writes down that and how a stage ended.
    mutating func note(_ index: Int, _ end: RunEvent.StageEnd) {
        nodes[index].end = end
        nodes[index].phase = .ended
        results[plan.stages[index].name] = end
        ended.insert(index)
        for dependent in nodes[index].dependents { nodes[dependent].unmet -= 1 }
    }

    /// The other instances of a matrix without `fail_fast` go on, and what selects among them.
    mutating func haltAfterFailure(of index: Int) {
        let stage = plan.stages[index]
        guard nodes[index].hasFailed, !options.keepGoing, !stage.toleratesFailedSiblings else { return }
        halt = halt ?? .failed(stage: stage.name)
    }

    /// `fail_fast`: one failed instance of a matrix ends the others.
    mutating func stopSiblings(ofFailed index: Int) {
        let stage = plan.stages[index]
        guard nodes[index].hasFailed, stage.definition.matrix?.failFast == true else { return }
        for other in instances[stage.definition.name] ?? [] {
            switch nodes[other].phase {
            case .running(let attempt):
                if !attempt.isCancelled { stopAttempt(other, .upstream) }
            case .ended: break
            default: end(other, .skipped, reason: "\(stage.name) failed and fail_fast is on")
            }
        }
    }

    /// Asks a running attempt to stop; it is not tried again.
    mutating func stopAttempt(_ index: Int, _ reason: CancelReason, killNow: Bool = false) {
        guard case .running(var attempt) = nodes[index].phase else { return }
        attempt.isCancelled = true
        nodes[index].phase = .running(attempt)
        effects.add(.cancelAttempt(stage: index, reason, killNow: killNow))
    }

    /// A lost deploy and the first reason stay the run's word, whoever cancels then. A deploy that runs when a newer
    /// commit comes goes to its end: half of one would be worse than an old one.
    mutating func cancel(_ reason: CancelReason, killNow: Bool) {
        if halt?.isFinal != true { halt = .cancelled(reason) }
        let why = Halt.cancelled(reason).reason
        for index in nodes.indices {
            switch nodes[index].phase {
            case .running where reason == .superseded && plan.stages[index].isDeploy && !killNow: break
            case .running: stopAttempt(index, reason, killNow: killNow)
            case .ended: break
            case .backingOff: end(index, .cancelled, reason: why)
            case .waiting, .preparing, .ready, .following: end(index, .skipped, reason: why)
            }
        }
    }

    mutating func finish(_ how: RunOutcome) {
        outcome = how
        effects.record([.runEnded(outcome: how, reason: halt?.reason)])
    }

    /// A run with nothing but skipped and cached stages succeeded.
    var overallOutcome: RunOutcome {
        switch halt {
        case .cancelled: return .cancelled
        case .lost: return .lost
        case .refused: return .refused
        case .failed, nil: break
        }
        return nodes.contains(where: \.hasFailed) ? .failed : .succeeded
    }

    private func completion(of index: Int, bound: Bound, _ end: RunEvent.StageEnd) -> StageCompletion {
        let stage = plan.stages[index]
        let entry = CacheEntry(
            key: bound.binding.key, run: RunID(0), stage: stage.name, created: Timestamp(milliseconds: 0),
            trusted: plan.revision.isTrusted, parts: bound.binding.parts, metrics: end.metrics,
            outputValues: end.outputValues, artifacts: end.artifacts,
            isDegraded: stage.profiles[bound.profile].profile.isDegraded)
        return StageCompletion(
            pipeline: plan.pipeline.name, repository: plan.repository, reference: plan.revision.reference?.name,
            commit: plan.revision.oid, entry: entry, isCacheable: stage.cachePolicy != .off,
            // One that broke its own check is no deploy that must not be done again.
            isDeploy: stage.isDeploy && end.outcome == .succeeded)
    }
}

extension RunState.Node {
    /// Ended, and neither well nor skipped.
    var hasFailed: Bool {
        guard let outcome = end?.outcome else { return false }
        return !outcome.isGood && outcome != .skipped
    }
}

extension RunEvent.Planned {
    package init(_ plan: Plan) {
        let stages = plan.stages.map { stage in
            let chosen = stage.chosen.map { stage.profiles[$0] }
            var cache = stage.cache
            cache.entry = nil
            return Stage(
                name: stage.name, needs: stage.needs, profile: chosen?.profile.name, cache: cache,
                decision: stage.decision, estimate: chosen?.estimate, start: stage.start)
        }
        self.init(decision: plan.decision, isDegraded: plan.isDegraded, stages: stages)
    }
}
