import GRDB
import SluiceModel

extension Store: RunJournal {
    @discardableResult
    package func append(_ events: [RunEvent.Kind], to run: RunID, at time: Timestamp) throws(StoreError) -> [RunEvent] {
        try write { database in
            var writer = try JournalWriter(database, run: run, time: time)
            return try events.map { try writer.append($0) }
        }
    }

    package func events(of run: RunID) throws(StoreError) -> [RunEvent] {
        try events(of: run, after: 0)
    }

    /// What has happened since an event, for those who follow a run.
    package func events(of run: RunID, after sequence: Int64) throws(StoreError) -> [RunEvent] {
        try read { try Self.events($0, run, after: sequence) }
    }

    package func finish(
        _ completion: StageCompletion, events: [RunEvent.Kind], booking: Booking? = nil, to run: RunID,
        at time: Timestamp
    ) throws(StoreError) -> [RunEvent] {
        try write { database in
            let written = try Self.write(events, booking, database, run: run, at: time)
            let results = ResultWriter(database: database, completion: completion, run: run, time: time)
            if completion.isCacheable { try results.insertCacheEntry() }
            if completion.isDeploy { try results.insertDeploy() }
            return written
        }
    }

    /// Head and events of one moment. Errors: `.notFound`.
    package func record(of run: RunID) throws(StoreError) -> RunRecord {
        try read { database in
            let head = try RunHead.fetch(database, run)
            var record = RunRecord(head: head, events: try Self.events(database, run, after: 0))
            // The head's row also knows what is no event, as that a worker took the run up again.
            record.head = head
            return record
        }
    }

    private static func events(_ database: Database, _ run: RunID, after sequence: Int64) throws -> [RunEvent] {
        try String.fetchAll(
            database, sql: "SELECT body FROM run_events WHERE run = ? AND seq > ? ORDER BY seq",
            arguments: [run.number, sequence]
        ).map { try JSONText.decode(RunEvent.self, from: $0) }
    }
}
