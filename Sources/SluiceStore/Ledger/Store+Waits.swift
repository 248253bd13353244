import GRDB
import SluiceModel

/// A run that waits for accounts, with what it asks of them.
struct WaitingRun {
    var run: RunID
    var isParked: Bool
    var asks: [String: BudgetAmounts]

    init(row: Row) throws {
        run = RunID(row["run"])
        isParked = row["parked"]
        let texts = try JSONText.decode([String: String].self, from: row["asks"])
        asks = try texts.mapValues(BudgetAmounts.init(json:))
    }

    func waiter(for account: String, _ resource: BudgetResource) -> AccountStanding.Waiter? {
        guard let amount = asks[account]?.amounts[resource], amount > .zero else { return nil }
        return AccountStanding.Waiter(run: run, amount: amount)
    }
}

extension Store {
    /// Puts a run at the end of those who wait, or, where it waits already, leaves it in its place. `isParked`: its
    /// caller lets go of it, and a worker takes it up again.
    package func wait(
        _ run: RunID, for asks: [String: [BudgetResource: Amount]], isParked: Bool, events: [RunEvent.Kind],
        at time: Timestamp
    ) throws(StoreError) -> [RunEvent] {
        try write { database in
            let texts = try asks.mapValues { try JSONText.encode(BudgetAmounts($0).texts) }
            try database.run(
                """
                INSERT INTO ledger_waits (run, since, parked, asks) VALUES (?, ?, ?, ?)
                ON CONFLICT (run) DO UPDATE SET parked = excluded.parked, asks = excluded.asks
                """, [run.number, time.milliseconds, isParked, try JSONText.encode(texts)])
            var writer = try JournalWriter(database, run: run, time: time)
            return try events.map { try writer.append($0) }
        }
    }

    /// Runs that a worker takes up when there is room, in the order of their coming.
    package func parked() throws(StoreError) -> [RunID] {
        try read { database in
            try database.values(Int64.self, "SELECT run FROM ledger_waits WHERE parked = 1 ORDER BY id", [])
                .map(RunID.init)
        }
    }

    /// Grows with every entry and every end of a wait: while it stays, nothing has changed for those who wait.
    package func ledgerVersion() throws(StoreError) -> Int64 {
        try readAlone { try $0.value(Int64.self, "SELECT max(id) FROM ledger", []) ?? 0 }
    }

    /// Those who came before `run`, or all where it does not wait, and who will take what is left to them: driven by
    /// somebody, or parked while a worker is there.
    func livingWaiters(_ database: Database, before run: RunID?) throws -> [WaitingRun] {
        let rows = try database.rows(
            """
            SELECT run, parked, asks FROM ledger_waits
            WHERE id < coalesce((SELECT id FROM ledger_waits WHERE run = ?1), 9223372036854775807) AND run <> ?1
            ORDER BY id
            """, [run?.number ?? 0])
        return try rows.map(WaitingRun.init(row:)).filter { waiting in
            waiting.isParked ? try WorkerLock.isHeld(in: folder) : try RunLock.isHeld(waiting.run, in: folder)
        }
    }

    /// Gives back what runs hold that nobody drives any more: their runner died. What their attempts had reserved is
    /// booked as used, since nobody measured it. Whoever takes such a run up asks for room anew.
    package func releaseDead(at time: Timestamp) throws(StoreError) -> [RunID] {
        let holding = try read { database in
            try database.values(
                Int64.self,
                """
                SELECT DISTINCT runs.id FROM runs JOIN run_accounts ON run_accounts.run = runs.id
                WHERE runs.state IN ('waiting', 'running')
                """, []
            ).map(RunID.init)
        }
        var released: [RunID] = []
        for run in holding {
            // Held while we look, so that nobody takes it up meanwhile.
            guard let lock = try RunLock.tryHold(run, in: folder) else { continue }
            let before = try ledgerVersion()
            try write { database in
                guard try RunHead.fetch(database, run).state != .ended else { return }
                try LedgerWriter(database, run: run, clock: time).close(keepingWait: true)
            }
            if try ledgerVersion() != before { released.append(run) }
            withExtendedLifetime(lock) {}
        }
        return released
    }
}
