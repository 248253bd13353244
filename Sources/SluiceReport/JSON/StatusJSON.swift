import SluiceModel

/// `sluice status --json`: the queue.
package struct StatusJSON: Encodable {
    private let schema = "sluice.status/v1"
    private let worker: Bool
    private let workers: Int
    private let runs: [Active]
    private let recent: [RunHeadJSON]

    package init(_ status: QueueStatus) {
        worker = status.workers > 0
        workers = status.workers
        runs = status.active.map { Active($0, isLeft: status.left.contains($0.head.id)) }
        recent = status.recent.map(RunHeadJSON.init)
    }

    private struct Active: Encodable {
        let head: RunHeadJSON
        let progress: Progress

        init(_ record: RunRecord, isLeft: Bool) {
            head = RunHeadJSON(record.head)
            progress = Progress(record, isLeft: isLeft)
        }

        func encode(to encoder: any Encoder) throws {
            try head.encode(to: encoder)
            try progress.encode(to: encoder)
        }
    }

    private struct Queued: Encodable {
        let stage, executor: String
        let since: Timestamp
        let reason: OrNull<String>

        init(_ stage: String, _ attempt: RunRecord.Attempt) {
            self.stage = stage
            executor = attempt.started.executor
            since = attempt.startTime
            reason = OrNull(QueueText.reason(attempt))
        }
    }

    private struct Progress: Encodable {
        let stagesTotal, stagesEnded: Int
        let stagesRunning: [String]
        let stagesQueued: [Queued]
        let waitingFor: OrNull<String>
        let interrupted: Bool

        init(_ record: RunRecord, isLeft: Bool) {
            interrupted = isLeft
            stagesTotal = record.stages.count
            stagesEnded = record.stages.count { $0.end != nil }
            stagesRunning = record.stages.filter { $0.running != nil }.map(\.name)
            stagesQueued = record.stages.compactMap { stage in stage.queued.map { Queued(stage.name, $0) } }
            waitingFor = OrNull(record.waitingFor)
        }

        private enum CodingKeys: String, CodingKey {
            case interrupted
            case stagesTotal = "stages_total"
            case stagesEnded = "stages_ended"
            case stagesRunning = "stages_running"
            case stagesQueued = "stages_queued"
            case waitingFor = "waiting_for"
        }
    }
}
