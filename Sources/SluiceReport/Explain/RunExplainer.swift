import SluiceModel

/// Explains a run, or a stage of it, from its record alone, whenever that was written.
package struct RunExplainer: Sendable {
    let record: RunRecord
    let surroundings: Surroundings
    /// The stages that are asked for; all where nothing is.
    let stages: [RunRecord.Stage]
    let wanted: String?

    /// `wanted`: an instance, or a stage with all its instances; nil: the run. nil where there is no such stage.
    package init?(_ record: RunRecord, stage wanted: String? = nil, surroundings: Surroundings) {
        self.record = record
        self.surroundings = surroundings
        self.wanted = wanted
        guard let wanted else {
            stages = record.stages
            return
        }
        stages = record.stages(named: wanted)
        if stages.isEmpty { return nil }
    }

    package func explanation() -> Explanation {
        guard wanted != nil else { return ofRun() }
        return stages.count == 1 ? ofStage(stages[0]) : ofInstances()
    }

    /// `run 42 of churn`, `run 42/train`.
    var subject: String {
        guard let wanted else { return "run \(record.head.id) of \(record.head.pipeline)" }
        return "\(record.head.id)/\(wanted)"
    }

    func explanation(_ kind: Explanation.Kind, _ answer: String, _ causes: [Explanation.Cause], next: String? = nil)
        -> Explanation
    {
        Explanation(
            head: record.head, stage: wanted, kind: kind, answer: "\(subject) \(answer)", causes: causes, next: next)
    }

    private func ofRun() -> Explanation {
        switch record.head.state {
        case .queued: queued()
        case .waiting: waiting()
        case .running: running()
        case .ended: ended()
        }
    }

    private func queued() -> Explanation {
        let ahead = surroundings.ahead
        let place = ahead.isEmpty ? "is next in the queue" : "is queued behind \(HumanUnits.count(ahead.count, "run"))"
        let since = ", for \(HumanUnits.duration(max(0, surroundings.now.seconds(since: record.head.queued)))) now"
        let others = ahead.prefix(3).map { other in
            Explanation.Cause(.queued, [], ["run \(other.id) of \(other.pipeline) is \(other.state.rawValue)"])
        }
        guard surroundings.hasWorker else {
            return explanation(.queued, "\(place), and no worker is running", others, next: "sluice worker --once")
        }
        return explanation(.queued, place + since, others)
    }

    private func waiting() -> Explanation {
        let last = record.waits.last
        let why = record.waitingFor ?? last?.reason ?? "its turn"
        let since =
            last.map { ", for \(HumanUnits.duration(max(0, surroundings.now.seconds(since: $0.since)))) now" } ?? ""
        return explanation(.waiting, "waits for \(why)\(since)", whatIsHeld(why) + troubles + ordinaryCauses)
    }

    /// What the gate said of the last wait besides `why`: who holds what, and until when.
    func whatIsHeld(_ why: String) -> [Explanation.Cause] {
        guard let decision = record.waits.last?.decision else { return [] }
        return [Explanation.Cause(.waiting, [], lines(of: decision, without: why), decision: decision)]
    }

    private func running() -> Explanation {
        if record.waitingFor != nil { return waiting() }
        let atWork = stages.filter { $0.running != nil }.map(progress)
        let queued = stages.filter { $0.queued != nil }
        let ended = stages.count { $0.end != nil }
        let isWaiting = atWork.isEmpty && !queued.isEmpty
        var answer = atWork.isEmpty ? "runs" : "runs " + StageNames.list(atWork)
        if isWaiting {
            let places = Set(queued.compactMap(\.queued).map(QueueText.place)).sorted().joined(separator: " and ")
            answer = "waits in \(places) with \(StageNames.list(queued.map(\.name)))"
        }
        return explanation(
            isWaiting ? .waiting : .running,
            answer + "; \(ended) of \(HumanUnits.count(stages.count, "stage")) have ended",
            queues + troubles + pastWaits + ordinaryCauses)
    }

    /// `train for 3m 12s of est. 12 min`.
    func progress(_ stage: RunRecord.Stage) -> String { stage.name + elapsed(stage) }

    /// ` for 3m 12s of est. 12 min`
    func elapsed(_ stage: RunRecord.Stage) -> String {
        guard let attempt = stage.running else { return "" }
        let elapsed = HumanUnits.duration(max(0, surroundings.now.seconds(since: attempt.began ?? attempt.startTime)))
        let estimate = stage.estimate.map { " of est. \(HumanUnits.duration($0.duration))" } ?? ""
        return " for \(elapsed)\(estimate)"
    }

    private func ended() -> Explanation {
        let reason = record.reason.map { ": \($0)" } ?? ""
        switch record.head.outcome {
        case .succeeded, nil: return succeeded()
        case .refused: return refused()
        case .failed: return failed()
        case .cancelled: return explanation(.cancelled, "was cancelled" + reason, troubles + pastWaits + ordinaryCauses)
        case .lost: return explanation(.lost, "was lost" + reason, troubles + ordinaryCauses)
        }
    }

    private func succeeded() -> Explanation {
        let time = record.wall.map { " in " + HumanUnits.duration($0) } ?? ""
        let planned = record.decision?.objective.map { " (est. \(HumanUnits.duration($0.makespan)))" } ?? ""
        let cost = record.usage["cost"].map { ", cost \(HumanUnits.cost($0))" } ?? ""
        let hasRun = stages.contains { !$0.attempts.isEmpty }
        let answer = hasRun ? "succeeded\(time)\(planned)\(cost)" : "succeeded: everything was there already"
        let mark = record.head.isDegraded ? ", degraded" : ""
        return explanation(.succeeded, answer + mark, pastWaits + pastQueues + retries + ordinaryCauses)
    }

    private func failed() -> Explanation {
        let failures = stages.filter(\.hasFailed)
        guard let first = failures.first else { return explanation(.failed, "failed", ordinaryCauses) }
        let others = failures.count > 1 ? "; \(HumanUnits.count(failures.count - 1, "more stage")) failed" : ""
        return explanation(
            .failed, "failed: \(first.name) \(failure(of: first))\(others)", troubles + pastWaits + ordinaryCauses,
            next: logs(of: first))
    }

    /// The command that shows what a stage printed.
    func logs(of stage: RunRecord.Stage) -> String {
        "sluice logs " + ShellWord.of("\(record.head.id)/\(stage.name)")
    }
}

extension RunRecord.Stage {
    /// Ended, and neither well nor skipped.
    var hasFailed: Bool {
        guard let outcome = end?.outcome else { return false }
        return !outcome.isGood && outcome != .skipped
    }
}
