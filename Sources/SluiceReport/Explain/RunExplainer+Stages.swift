import SluiceModel

extension RunExplainer {
    /// One instance.
    func ofStage(_ stage: RunRecord.Stage) -> Explanation {
        guard let end = stage.end else { return unfinished(stage) }
        switch end.outcome {
        case .succeeded:
            let cost = stage.cost == .zero ? "" : ", cost \(HumanUnits.cost(stage.cost))"
            return explanation(
                .succeeded, "succeeded in \(HumanUnits.duration(stage.wall))\(cost)",
                retries + degradations + pastQueues + misses + estimates)
        case .cached:
            return explanation(.cacheHit, "was reused: \(end.reason ?? stage.cache.reason ?? "")", degradations)
        case .skipped: return skipped(stage, end)
        case .cancelled: return explanation(.cancelled, failure(of: stage), troubles + degradations + misses)
        case .lost: return explanation(.lost, failure(of: stage), troubles + degradations + misses)
        case .failed, .timedOut, .overLimit:
            return explanation(
                .failed, failure(of: stage), troubles + degradations + misses,
                next: logs(of: stage))
        }
    }

    private func skipped(_ stage: RunRecord.Stage, _ end: RunEvent.StageEnd) -> Explanation {
        if let decision = stage.decision, decision.verdict == .refuse {
            let why = Self.sentence(of: decision)
            let cause = Explanation.Cause(
                .refused, [stage.name], lines(of: decision, without: why), decision: decision)
            return explanation(.refused, "was refused: \(why)", [cause])
        }
        // What it needs and did not get is the reason behind the reason.
        let culprits = ancestors(of: stage).filter(\.hasFailed)
        return explanation(
            .skipped, "did not run" + (end.reason.map { ": \($0)" } ?? ""), culprits.map(trouble))
    }

    private func unfinished(_ stage: RunRecord.Stage) -> Explanation {
        if let queued = stage.queued {
            let since = Explanation.Cause(.waiting, [stage.name], ["since \(HumanUnits.moment(queued.startTime)) UTC"])
            return explanation(
                .waiting, "waits" + QueueText.waiting(queued, now: surroundings.now),
                [since] + troubles + degradations + misses)
        }
        if stage.running != nil {
            return explanation(.running, "runs\(elapsed(stage))", troubles + pastQueues + degradations + misses)
        }
        if record.head.state == .ended { return neverStarted() }
        let open = ancestors(of: stage).filter { $0.end == nil && stage.needs.contains($0.name) }
        if let retry = stage.retries.last, retry.number > stage.attempts.count {
            return explanation(.retried, "is tried again soon: \(retry.reason)", troubles)
        }
        guard open.isEmpty else {
            return explanation(.waiting, "has not started: it needs \(StageNames.list(open.map(\.name)))", [])
        }
        if let reason = record.waitingFor { return explanation(.waiting, "waits for \(reason)", whatIsHeld(reason)) }
        let atWork = record.stages.filter { $0.end == nil && $0.open != nil }.map(progress)
        let why = atWork.isEmpty ? "" : ": the pool is taken by \(StageNames.list(atWork))"
        return explanation(.waiting, "is ready and waits for its turn\(why)", [])
    }

    /// What ended the run before it came to this is the reason.
    private func neverStarted() -> Explanation {
        guard let whole = RunExplainer(record, surroundings: surroundings)?.explanation() else {
            return explanation(.skipped, "never started", [])
        }
        return explanation(whole.kind, "never started: \(whole.answer)", whole.causes, next: whole.next)
    }

    /// All instances of a matrix.
    func ofInstances() -> Explanation {
        if record.head.state == .ended, stages.allSatisfy({ $0.end == nil }) { return neverStarted() }
        let failures = stages.filter(\.hasFailed)
        let open = stages.count { $0.end == nil }
        let good = stages.count { $0.end?.outcome.isGood == true }
        let all = HumanUnits.count(stages.count, "instance")
        if let first = failures.first {
            return explanation(
                .failed, "failed in \(failures.count) of \(all): \(first.name) \(failure(of: first))",
                troubles + ordinaryCauses, next: logs(of: first))
        }
        if open > 0 {
            return explanation(.running, "has \(stages.count - open) of \(all) behind it", queues + ordinaryCauses)
        }
        guard good > 0 else { return explanation(.skipped, "did not run", ordinaryCauses) }
        return explanation(.succeeded, "ended well in \(good) of \(all)", retries + ordinaryCauses)
    }

    /// What a stage needs, directly or through others, in the plan's order.
    func ancestors(of stage: RunRecord.Stage) -> [RunRecord.Stage] {
        var wanted = Set(stage.needs)
        for other in record.stages.reversed() where wanted.contains(other.name) { wanted.formUnion(other.needs) }
        return record.stages.filter { wanted.contains($0.name) }
    }
}
