import GRDB
import SluiceModel

extension Store {
    /// Takes an event in and queues its runs, all in one transaction. An event that was taken in already makes
    /// nothing: the runs that it made then are returned.
    @discardableResult
    package func enqueue(_ event: IntakeEvent, runs: [NewRun]) throws(StoreError) -> [RunHead] {
        try write { database in
            let known = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM intake WHERE id = ?)", arguments: [event.id])
            if known != true {
                try database.run(
                    "INSERT INTO intake (id, time, body) VALUES (?, ?, ?)",
                    [event.id, event.time.milliseconds, try JSONText.encode(event)])
                for (ordinal, run) in runs.enumerated() {
                    _ = try Self.insert(run, database, at: event.time, intake: event.id, ordinal: ordinal)
                }
            }
            return try RunHead.fetch(database, "WHERE intake = ? ORDER BY ordinal", [event.id])
        }
    }

    /// Whether an event has been taken in.
    package func isTakenIn(_ event: String) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM intake WHERE id = ?)", arguments: [event]) ?? false
        }
    }

    /// A run that its caller drives itself: it is running from its first moment, so no worker takes it.
    package func begin(_ run: NewRun, at time: Timestamp) throws(StoreError) -> RunHead {
        try write { database in
            let id = try Self.insert(run, database, at: time, intake: nil, ordinal: nil)
            guard let head = try Self.claim(id, database, at: time) else {
                preconditionFailure("a run that was queued in this transaction is queued")
            }
            return head
        }
    }

    /// The run whose turn it is: highest priority, then oldest.
    package func nextQueued() throws(StoreError) -> RunHead? {
        try read { try Self.nextQueued($0) }
    }

    /// Marks a run as running if it is still queued; nil when another was faster or it has been cancelled.
    package func claim(_ run: RunID, at time: Timestamp) throws(StoreError) -> RunHead? {
        try write { try Self.claim(run, $0, at: time) }
    }

    /// Takes the run whose turn it is; nil when nothing is queued.
    package func claimNext(at time: Timestamp) throws(StoreError) -> RunHead? {
        try write { database in
            guard let next = try Self.nextQueued(database) else { return nil }
            return try Self.claim(next.id, database, at: time)
        }
    }

    /// Asks whoever drives a run to cancel it; the first asking counts.
    package func requestCancellation(of run: RunID, at time: Timestamp) throws(StoreError) {
        try write { database in
            _ = try RunHead.fetch(database, run)
            try database.run(
                """
                UPDATE runs SET cancel_requested = ?
                WHERE id = ? AND cancel_requested IS NULL AND state <> 'ended'
                """, [time.milliseconds, run.number])
        }
    }

    package func isCancellationRequested(of run: RunID) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT cancel_requested IS NOT NULL FROM runs WHERE id = ?",
                arguments: [run.number]) ?? false
        }
    }

    /// The index is named: without statistics SQLite would rather sort all that is queued.
    private static func nextQueued(_ database: Database) throws -> RunHead? {
        try RunHead.fetch(
            database, "INDEXED BY runs_queue WHERE state = 'queued' ORDER BY priority DESC, id LIMIT 1", []
        ).first
    }

    private static func claim(_ run: RunID, _ database: Database, at time: Timestamp) throws -> RunHead? {
        try database.run(
            "UPDATE runs SET state = 'running', started = ? WHERE id = ? AND state = 'queued'",
            [time.milliseconds, run.number])
        return database.changesCount == 1 ? try RunHead.fetch(database, run) : nil
    }

    private static func insert(
        _ run: NewRun, _ database: Database, at time: Timestamp, intake: String?, ordinal: Int?
    ) throws -> RunID {
        let revision = run.revision
        try database.run(
            """
            INSERT INTO runs (intake, ordinal, pipeline, path, repository, bare, oid, tree, committed, reference,
                trusted, worktree, "trigger", previous, options, priority, state, degraded, queued)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?)
            """,
            [
                intake, ordinal, run.pipeline, run.path, run.repository.gitDirectory, run.repository.isBare,
                revision.oid.hex, revision.tree.hex, revision.committed.milliseconds,
                revision.reference.map { DatabaseBytes(bytes: $0.bytes) }, revision.isTrusted, revision.isWorktree,
                run.trigger.rawValue, run.previous?.hex, try JSONText.encode(run.options), run.priority,
                time.milliseconds,
            ])
        return RunID(database.lastInsertedRowID)
    }
}
