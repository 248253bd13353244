import GRDB
import SluiceModel

/// A run that is its beginner's to drive for as long as the lock is kept.
package struct BegunRun: Sendable {
    package let head: RunHead
    package let lock: HeldLock
}

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
                    let id = try Self.insert(run, database, at: event.time, intake: event.id, ordinal: ordinal)
                    guard run.concurrency?.onNew == .cancel, let group = run.group else { continue }
                    try Supersession(database: database, time: event.time).replace(group, by: id)
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

    /// A run that its caller drives itself: it is running and held from its first moment, so that no worker takes it, nor
    /// takes it for one whose runner died.
    package func begin(_ run: NewRun, at time: Timestamp) throws(StoreError) -> BegunRun {
        try write { database in
            let id = try Self.insert(run, database, at: time, intake: nil, ordinal: nil)
            guard let lock = try RunLock.tryHold(id, in: folder) else {
                throw StoreError(.conflict, "run \(id) is held by another process")
            }
            guard let head = try Self.claim(id, database, at: time) else {
                preconditionFailure("a run that was queued in this transaction is queued")
            }
            return BegunRun(head: head, lock: lock)
        }
    }

    /// The run whose turn it is (`QueueOrder`).
    package func nextQueued() throws(StoreError) -> RunHead? {
        try read { try Self.nextQueued($0) }
    }

    package func hasQueued() throws(StoreError) -> Bool {
        try readAlone {
            try $0.value(Bool.self, "SELECT EXISTS (SELECT 1 FROM runs WHERE state = 'queued')", []) == true
        }
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

    private static func nextQueued(_ database: Database) throws -> RunHead? {
        try RunHead.fetch(database, QueueOrder.condition, []).first
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
                trusted, worktree, "trigger", previous, options, priority, concurrency, state, degraded, queued)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?)
            """,
            [
                intake, ordinal, run.pipeline, run.path, run.repository.gitDirectory, run.repository.isBare,
                revision.oid.hex, revision.tree.hex, revision.committed.milliseconds,
                revision.reference.map { DatabaseBytes(bytes: $0.bytes) }, revision.isTrusted, revision.isWorktree,
                run.trigger.rawValue, run.previous?.hex, try JSONText.encode(run.options), run.priority,
                run.group, time.milliseconds,
            ])
        return RunID(database.lastInsertedRowID)
    }
}
