import SluiceModel

/// What the live view shows: the record so far, and what running attempts have said since. A pure reducer.
package struct LiveState: Sendable, Equatable {
    package private(set) var record: RunRecord
    /// By stage; only of attempts that run or wait for their next one.
    private var activities: [String: Activity] = [:]

    package init(head: RunHead) { record = RunRecord(head: head) }

    /// The last words of a stage's attempt.
    package struct Activity: Sendable, Equatable {
        package struct Progress: Sendable, Equatable {
            package var done: Double
            package var total: Double?
            package var unit: String?
            package var message: String?
        }

        package struct Metric: Sendable, Equatable {
            package var name: String
            package var value: Double
        }

        package var progress: Progress?
        package var metric: Metric?
        /// When the next attempt may start, between two of them.
        package var retry: Timestamp?
        package var heard: Timestamp?
    }

    /// Where a stage stands.
    package enum Phase: Sendable, Equatable {
        case ended(Outcome)
        case running(since: Timestamp)
        /// Its executor has not begun with it.
        case queued(since: Timestamp)
        case retrying(at: Timestamp)
        /// Everything that it needs has ended; it waits for room.
        case ready
        case waiting(for: [String])
    }

    package mutating func apply(_ event: RunEvent) {
        record.apply(event)
        switch event.kind {
        case .attemptStarted(let stage, _): activities[stage] = Activity()
        case .attemptEnded(let stage, _), .stageEnded(let stage, _): activities[stage] = nil
        case .retryScheduled(let stage, _, let delay, _):
            activities[stage] = Activity(retry: event.time.advanced(bySeconds: delay))
        case .runEnded: activities = [:]
        case .planned, .rejected, .waiting, .attemptQueued, .attemptBegan, .futile, .replanned, .checkJudged,
            .warning:
            break
        }
    }

    package mutating func observe(_ event: AttemptEvent, of stage: String, at time: Timestamp) {
        // What is still in a pipe when the attempt has ended changes nothing.
        guard var activity = activities[stage], activity.retry == nil else { return }
        activity.heard = time
        switch event {
        case .progress(let done, let total, let unit, let message):
            activity.progress = .init(done: done, total: total, unit: unit, message: message)
        case .metric(let name, let value, _): activity.metric = .init(name: name, value: value)
        // What its executor's queue says is in the record.
        case .log, .checkpoint, .heartbeat, .waiting, .began: break
        }
        activities[stage] = activity
    }

    package func activity(of stage: String) -> Activity? { activities[stage] }

    /// The phase of every stage, in the record's order.
    package var phases: [Phase] {
        let ended = Set(record.stages.filter { $0.end != nil }.map(\.name))
        return record.stages.map { phase(of: $0, ended: ended) }
    }

    private func phase(of stage: RunRecord.Stage, ended: Set<String>) -> Phase {
        if let end = stage.end { return .ended(end.outcome) }
        if let queued = stage.queued { return .queued(since: queued.startTime) }
        if let running = stage.running { return .running(since: running.began ?? running.startTime) }
        if let retry = activities[stage.name]?.retry { return .retrying(at: retry) }
        let missing = stage.needs.filter { !ended.contains($0) }
        return missing.isEmpty ? .ready : .waiting(for: missing)
    }
}
