import GRDB
import SluiceModel

/// What a newer run does to the older ones of its group, in the transaction that queues it.
struct Supersession {
    let database: Database
    let time: Timestamp

    /// Ends those that have not begun, and asks whoever drives the others to cancel them.
    func replace(_ group: String, by run: RunID) throws {
        let older = try RunHead.fetch(
            database, "INDEXED BY runs_group WHERE concurrency = ? AND state <> 'ended' AND id < ? ORDER BY id",
            [group, run.number])
        for head in older {
            try database.run(
                """
                UPDATE runs SET superseded_by = ?, cancel_requested = coalesce(cancel_requested, ?)
                WHERE id = ? AND superseded_by IS NULL
                """, [run.number, time.milliseconds, head.id.number])
            guard database.changesCount == 1 else { continue }
            var writer = try JournalWriter(database, run: head.id, time: time)
            _ = try writer.append(.warning(stage: nil, message: "superseded by run \(run)"))
            guard head.state == .queued else { continue }
            _ = try writer.append(.runEnded(outcome: .cancelled, reason: CancelReason.superseded.sentence))
        }
    }
}
