import GRDB
import SluiceModel

/// That a run is to end, said by another process than the one that drives it.
package struct RunCancellation: Sendable, Equatable {
    package var reason: CancelReason
    /// Without its stages' grace.
    package var isImmediate: Bool
}

extension Store {
    /// Asks whoever drives a run to cancel it. Asked again, it can only become more urgent. Errors: `.notFound`.
    package func requestCancellation(
        of run: RunID, isImmediate: Bool = false, at time: Timestamp
    ) throws(StoreError) {
        try write { database in
            _ = try RunHead.fetch(database, run)
            try database.run(
                """
                UPDATE runs SET cancel_requested = coalesce(cancel_requested, ?), cancel_now = max(cancel_now, ?)
                WHERE id = ? AND state <> 'ended'
                """, [time.milliseconds, isImmediate, run.number])
        }
    }

    /// nil: nobody has asked.
    package func cancellation(of run: RunID) throws(StoreError) -> RunCancellation? {
        try readAlone { database in
            let sql = "SELECT superseded_by, cancel_now FROM runs WHERE id = ? AND cancel_requested IS NOT NULL"
            return try database.rows(sql, [run.number]).first.map { row in
                let isSuperseded = (row["superseded_by"] as Int64?) != nil
                return RunCancellation(
                    reason: isSuperseded ? .superseded : .user, isImmediate: row["cancel_now"] as Bool)
            }
        }
    }

    /// Ends a run that has not begun; false where it has.
    package func dropQueued(_ run: RunID, at time: Timestamp) throws(StoreError) -> Bool {
        try write { database in
            guard try RunHead.fetch(database, run).state == .queued else { return false }
            var writer = try JournalWriter(database, run: run, time: time)
            _ = try writer.append(.runEnded(outcome: .cancelled, reason: CancelReason.user.sentence))
            return true
        }
    }

    /// The runs that a push has superseded, by the number of the run that did it, oldest first.
    package func superseded(by runs: [RunID]) throws(StoreError) -> [RunHead] {
        try read { database in
            try runs.flatMap { try RunHead.fetch(database, "WHERE superseded_by = ? ORDER BY id", [$0.number]) }
        }
    }
}
