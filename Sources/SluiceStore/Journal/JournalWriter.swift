import GRDB
import SluiceModel

/// Adds events to one run within a transaction and keeps the tables that are derived from them in step.
struct JournalWriter {
    let database: Database
    let run: RunID
    let time: Timestamp
    private var last: Int64
    /// Only its head is kept up to date here: the events fold into it exactly as they do for readers.
    private var record: RunRecord

    init(_ database: Database, run: RunID, time: Timestamp) throws {
        self.database = database
        self.run = run
        self.time = time
        record = RunRecord(head: try RunHead.fetch(database, run))
        last =
            try database.value(Int64.self, "SELECT max(seq) FROM run_events WHERE run = ?", [run.number]) ?? 0
    }

    mutating func append(_ kind: RunEvent.Kind) throws -> RunEvent {
        let event = RunEvent(sequence: last + 1, time: time, run: run, kind: kind)
        try database.run(
            "INSERT INTO run_events (run, seq, time, type, stage, body) VALUES (?, ?, ?, ?, ?, ?)",
            [
                run.number, event.sequence, time.milliseconds, kind.typeName.rawValue, kind.stage,
                try JSONText.encode(event),
            ])
        last += 1
        try derive(kind)
        try updateHead(event)
        return event
    }

    private mutating func updateHead(_ event: RunEvent) throws {
        let before = record.head
        record.apply(event)
        let head = record.head
        guard head != before else { return }
        try database.run(
            "UPDATE runs SET state = ?, outcome = ?, degraded = ?, started = ?, ended = ? WHERE id = ?",
            [
                head.state.rawValue, head.outcome?.rawValue, head.isDegraded, head.started?.milliseconds,
                head.ended?.milliseconds, run.number,
            ])
    }

    private func derive(_ kind: RunEvent.Kind) throws {
        switch kind {
        case .attemptStarted(let stage, let started): try start(stage, started)
        case .attemptEnded(let stage, let ended): try end(stage, ended)
        case .stageEnded(let stage, let end): try close(stage, end)
        case .runEnded:
            try LedgerWriter(database, run: run, clock: time).close()
            try database.run("DELETE FROM grants WHERE run = ?", [run.number])
        case .planned, .rejected, .waiting, .attemptQueued, .attemptBegan, .retryScheduled, .futile, .replanned,
            .checkJudged, .warning:
            break
        }
    }

    /// Whether something may still happen in the run.
    var isOpen: Bool { record.head.state != .ended }

    private func start(_ stage: String, _ started: RunEvent.Started) throws {
        let estimate = started.estimate
        try database.run(
            """
            INSERT INTO attempts (run, stage, number, profile, executor, folder, started, repository, work,
                data_bytes, estimate_s, estimate_source, estimate_quantile)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                run.number, stage, started.number, started.profile, started.executor, started.folder,
                time.milliseconds, record.head.repository.gitDirectory,
                WorkKind.work(plugin: started.plugin, stage: stage), started.dataBytes, estimate?.duration.inSeconds,
                estimate?.source.rawValue, estimate?.basis?.quantile,
            ])
    }

    private func end(_ stage: String, _ ended: RunEvent.Ended) throws {
        let usage = ended.result.usage
        try database.run(
            """
            UPDATE attempts SET ended = ?, outcome = ?, wall_s = ?, cpu_s = ?, memory_peak = ?
            WHERE run = ? AND stage = ? AND number = ?
            """,
            [
                time.milliseconds, ended.result.outcome.rawValue, usage.wall, usage.cpu, usage.memoryPeak,
                run.number, stage, ended.number,
            ])
        guard database.changesCount == 1 else {
            throw StoreError(.constraint, "attempt \(ended.number) of \(stage) in run \(run) ends but never started")
        }
        try database.run(
            "DELETE FROM grants WHERE run = ? AND stage = ? AND number = ?", [run.number, stage, ended.number])
        try LedgerWriter(database, run: run, clock: time).settle(
            stage: stage, number: ended.number, used: ended.result.outcome == .lost ? nil : ended.charges,
            declared: Set(usage.declared))
    }

    private func close(_ stage: String, _ end: RunEvent.StageEnd) throws {
        try database.run(
            "INSERT INTO stage_ends (run, stage, outcome, ended) VALUES (?, ?, ?, ?)",
            [run.number, stage, end.outcome.rawValue, time.milliseconds])
        for artifact in end.artifacts {
            let kind = artifact.isFolder ? "folder" : "file"
            try database.run(
                "INSERT OR IGNORE INTO artifacts (digest, kind, size) VALUES (?, ?, ?)",
                [artifact.digest.description, kind, artifact.size])
            try database.run(
                "INSERT INTO stage_artifacts (run, stage, name, type, digest, kind) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    run.number, stage, artifact.name, artifact.type.rawValue, artifact.digest.description, kind,
                ])
        }
    }
}

extension RunEvent.Ended {
    /// What it is charged with, by resource. `wall` of an account is the sum over its attempts.
    fileprivate var charges: [BudgetResource: Amount] {
        var charges: [BudgetResource: Amount] = [:]
        for (name, amount) in used { if let resource = BudgetResource(rawValue: name) { charges[resource] = amount } }
        charges[.wall] = Amount(seconds: result.usage.wall)
        return charges
    }
}
