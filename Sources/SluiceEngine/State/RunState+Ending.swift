import SluiceModel
import SluicePlanning

extension RunState {
    /// An attempt went well: its checks are judged, its result is remembered, and the stage ends.
    mutating func succeed(_ index: Int, _ report: AttemptReport) {
        let stage = plan.stages[index]
        var end = RunEvent.StageEnd(
            outcome: .succeeded, cache: stage.cachePolicy == .off ? nil : CacheState(state: .miss, reason: nil),
            metrics: report.result.metrics, outputValues: report.result.outputValues, artifacts: report.artifacts)
        end.cache = stage.cache.state == .hit ? CacheState(state: .miss, reason: "its entry was gone") : stage.cache
        end.cache?.entry = nil
        let judged = judge(stage, &end)
        settle(index, end)
        guard let bound = nodes[index].bound else { return effects.append(.record(judged + ended(stage, end))) }
        effects.append(.complete(completion(of: index, bound: bound, report), judged + ended(stage, end)))
    }

    /// A result from an earlier run: checks are judged on it too.
    mutating func endCached(_ index: Int, _ entry: CacheEntry, reason: String?) {
        let stage = plan.stages[index]
        var end = RunEvent.StageEnd(
            outcome: .cached, reason: reason,
            cache: CacheState(state: .hit, reason: reason, key: entry.key), metrics: entry.metrics,
            outputValues: entry.outputValues, artifacts: entry.artifacts)
        let judged = judge(stage, &end)
        settle(index, end)
        effects.append(.record(judged + ended(stage, end)))
    }

    mutating func fail(_ index: Int, reason: String) { end(index, .failed, reason: reason) }

    /// Ends a stage that made nothing.
    mutating func end(_ index: Int, _ outcome: Outcome, reason: String?) {
        guard nodes[index].end == nil else { return }
        let end = RunEvent.StageEnd(outcome: outcome, reason: reason)
        settle(index, end)
        effects.append(.record(ended(plan.stages[index], end)))
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
        nodes[index].end = end
        nodes[index].phase = .ended
        results[plan.stages[index].name] = end
        endedCount += 1
        for dependent in nodes[index].dependents {
            nodes[dependent].unmet -= 1
            if nodes[dependent].unmet == 0 { frontier.append(dependent) }
        }
        wakeFollowers(of: index)
        if !end.outcome.isGood && end.outcome != .skipped { spread(failureOf: index) }
    }

    private mutating func wakeFollowers(of leader: Int) {
        for index in nodes.indices {
            guard case .following(leader) = nodes[index].phase, let bound = nodes[index].bound else { continue }
            nodes[index].phase = .preparing
            effects.append(lookUp(index, bound.binding.key))
        }
    }

    /// A failure stops what has not started, unless the pipeline or the person wants to go on.
    private mutating func spread(failureOf index: Int) {
        if plan.stages[index].definition.matrix?.failFast == true { stopSiblings(of: index) }
        haltAfterFailure(of: index)
    }

    /// The other instances of a matrix without `fail_fast` go on, and what selects among them.
    mutating func haltAfterFailure(of index: Int) {
        let stage = plan.stages[index]
        guard !options.keepGoing, stage.definition.matrix?.failFast ?? true else { return }
        halt = halt ?? .failed(stage: stage.name)
    }

    private mutating func stopSiblings(of index: Int) {
        let stage = plan.stages[index]
        for other in nodes.indices where plan.stages[other].definition.name == stage.definition.name {
            switch nodes[other].phase {
            case .running: effects.append(.cancelAttempt(stage: other, .upstream, killNow: false))
            case .ended: break
            default: end(other, .skipped, reason: "\(stage.name) failed and fail_fast is on")
            }
        }
    }

    mutating func cancel(_ reason: CancelReason, killNow: Bool) {
        guard outcome == nil else { return }
        halt = .cancelled(reason)
        for index in nodes.indices {
            switch nodes[index].phase {
            case .running: effects.append(.cancelAttempt(stage: index, reason, killNow: killNow))
            case .ended: break
            default: end(index, .skipped, reason: "cancelled")
            }
        }
    }

    mutating func finish(_ how: RunOutcome) {
        guard outcome == nil else { return }
        outcome = how
        effects.append(.record([.runEnded(outcome: how, reason: halt?.reason)]))
    }

    /// A run with nothing but skipped and cached stages succeeded.
    var overallOutcome: RunOutcome {
        switch halt {
        case .cancelled: return .cancelled
        case .lost: return .lost
        case .refused: return .refused
        case .failed, nil: break
        }
        let isBad = nodes.contains { node in
            guard let outcome = node.end?.outcome else { return false }
            return !outcome.isGood && outcome != .skipped
        }
        return isBad ? .failed : .succeeded
    }

    private func completion(of index: Int, bound: Bound, _ report: AttemptReport) -> StageCompletion {
        let stage = plan.stages[index]
        let entry = CacheEntry(
            key: bound.binding.key, run: RunID(0), stage: stage.name, created: Timestamp(milliseconds: 0),
            trusted: plan.revision.isTrusted, parts: bound.binding.parts, metrics: report.result.metrics,
            outputValues: report.result.outputValues, artifacts: report.artifacts,
            isDegraded: stage.profiles[bound.profile].profile.isDegraded)
        return StageCompletion(
            pipeline: plan.pipeline.name, repository: plan.repository, reference: plan.revision.reference?.name,
            commit: plan.revision.oid, entry: entry, isCacheable: stage.cachePolicy != .off,
            isDeploy: stage.isDeploy)
    }
}

extension RunEvent.Planned {
    init(_ plan: Plan) {
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
