import SluiceModel

/// Attempts that wait, or have waited, in an executor's queue.
enum QueueText {
    /// `the queue of cluster`
    static func place(_ attempt: RunRecord.Attempt) -> String { "the queue of \(attempt.started.executor)" }

    /// ` in the queue of cluster for 3m 12s: other jobs hold what it needs (Resources)`
    static func waiting(_ attempt: RunRecord.Attempt, now: Timestamp) -> String {
        let time = HumanUnits.duration(max(0, now.seconds(since: attempt.startTime)))
        return " in \(place(attempt)) for \(time)" + (reason(attempt).map { ": \($0)" } ?? "")
    }

    /// In the engine's words; nil while it has said nothing.
    static func reason(_ attempt: RunRecord.Attempt) -> String? { attempt.waits.last?.reason }

    /// Of one that waits no more, `3m 12s in the queue of cluster: …`; nil of one that nobody let wait.
    static func waited(_ attempt: RunRecord.Attempt) -> String? {
        guard let last = attempt.waits.last, let until = last.until else { return nil }
        let seconds = attempt.ended?.result.usage.queued ?? until.seconds(since: attempt.startTime)
        var reasons: [String] = []
        for wait in attempt.waits where !reasons.contains(wait.reason) { reasons.append(wait.reason) }
        let more = reasons.count > 2 ? "; and \(reasons.count - 2) more" : ""
        return "\(HumanUnits.duration(max(0, seconds))) in \(place(attempt)): "
            + reasons.prefix(2).joined(separator: "; ") + more
    }
}

extension RunSections {
    /// `train  cluster  since 12:03:01 UTC  other jobs hold what it needs (Resources)`; `waited` where it is over.
    func queues() -> [String] {
        var table = TextTable([.init("", minimum: 8), .init(""), .init(""), .init("", minimum: 20)])
        for stage in record.stages {
            for attempt in stage.attempts {
                guard let time = time(of: attempt) else { continue }
                table.append([
                    StyledText(stage.name, .quiet), StyledText(attempt.started.executor), StyledText(time),
                    StyledText(QueueText.reason(attempt) ?? "it has not begun"),
                ])
            }
        }
        return titled("queues", table)
    }

    private func time(of attempt: RunRecord.Attempt) -> String? {
        if attempt.isQueued {
            return "waits since \(HumanUnits.moment(attempt.startTime, after: record.head.queued)) UTC"
        }
        guard let until = attempt.waits.last?.until else { return nil }
        let seconds = attempt.ended?.result.usage.queued ?? until.seconds(since: attempt.startTime)
        return "waited \(HumanUnits.duration(max(0, seconds)))"
    }
}
