import GRDB
import SluiceModel

extension Store {
    /// What everybody but `run` has used and holds of some accounts, of one moment.
    package func standings(
        of accounts: [Account], without run: RunID?, at clock: Timestamp
    ) throws(StoreError) -> [AccountStanding] {
        guard !accounts.isEmpty else { return [] }
        return try read { try self.standings($0, accounts, without: run, at: clock) }
    }

    func standings(
        _ database: Database, _ accounts: [Account], without run: RunID?, at clock: Timestamp
    ) throws -> [AccountStanding] {
        let reader = LedgerReader(database: database)
        let time = try reader.time(clock)
        let waiters = try livingWaiters(database, before: run)
        return try accounts.map { account in
            let lines = try account.limits.map { limit in
                guard account.window.isShared else { return AccountStanding.Line(limit: limit) }
                return AccountStanding.Line(
                    limit: limit,
                    used: try reader.used(of: account, limit.resource, at: time, without: run),
                    holders: try reader.holders(of: account.name, limit.resource, without: run),
                    ahead: waiters.compactMap { $0.waiter(for: account.name, limit.resource) },
                    rollOuts: try reader.rollOuts(of: account, limit.resource, at: time, without: run))
            }
            return AccountStanding(
                account: account, version: try reader.version(of: account.name), time: time, lines: lines)
        }
    }

    /// Events and what they mean for the run's accounts, in one transaction; see `Booking.Terms` for when nothing is
    /// written.
    package func append(
        _ events: [RunEvent.Kind], booking: Booking, to run: RunID, at time: Timestamp
    ) throws(StoreError) -> Booked {
        try write { database in
            if let admission = booking.admission {
                try LedgerWriter.admit(admission, database, run: run, at: time)
            }
            guard case .must = booking.terms else {
                return .booked(try Self.write(events, booking, database, run: run, at: time))
            }
            let ledger = try LedgerWriter(database, run: run, clock: time)
            guard try ledger.book(booking) else {
                return .moved(try standings(database, ledger.accounts, without: run, at: time))
            }
            try database.run("DELETE FROM ledger_waits WHERE run = ?", [run.number])
            var writer = try JournalWriter(database, run: run, time: time)
            return .booked(try events.map { try writer.append($0) })
        }
    }

    /// Writes events, and then what the run holds from now on: what ends gives back before what is left asks.
    static func write(
        _ events: [RunEvent.Kind], _ booking: Booking?, _ database: Database, run: RunID, at time: Timestamp
    ) throws -> [RunEvent] {
        var writer = try JournalWriter(database, run: run, time: time)
        let written = try events.map { try writer.append($0) }
        if let booking, writer.isOpen { _ = try LedgerWriter(database, run: run, clock: time).book(booking) }
        return written
    }

    /// The ledger of an account, newest first; `before` goes on where an earlier page ended.
    package func ledgerEntries(
        of account: String?, limit: Int, before: Int64? = nil
    ) throws(StoreError) -> [LedgerEntry] {
        try read { database in
            try database.rows(
                """
                SELECT * FROM ledger WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR id < ?2)
                ORDER BY id DESC LIMIT ?3
                """, [account, before, limit]
            ).map(LedgerEntry.init(row:))
        }
    }

    /// What is still held by anybody, ended runs included: nothing but what living runs hold.
    package func openReservations() throws(StoreError) -> [RunID: [String: Amount]] {
        try read { database in
            var open: [RunID: [String: Amount]] = [:]
            let rows = try database.rows(
                """
                SELECT run, account, resource, sum(CASE kind WHEN 'reserve' THEN whole ELSE -whole END) AS whole,
                    sum(CASE kind WHEN 'reserve' THEN billionths ELSE -billionths END) AS billionths
                FROM ledger WHERE kind <> 'settle' GROUP BY run, account, resource
                """, [])
            for row in rows {
                let amount = Amount(whole: row["whole"], fraction: row["billionths"])
                let (account, resource): (String, String) = (row["account"], row["resource"])
                if amount != .zero { open[RunID(row["run"]), default: [:]]["\(account) \(resource)"] = amount }
            }
            return open
        }
    }
}

extension LedgerEntry {
    fileprivate init(row: Row) throws {
        let (kind, resource): (String, String) = (row["kind"], row["resource"])
        guard let kind = Kind(rawValue: kind), let resource = BudgetResource(rawValue: resource) else {
            throw StoreError(.corrupt, "the ledger holds an entry that cannot be read: \(kind) \(resource)")
        }
        self.init(
            id: row["id"], time: Timestamp(milliseconds: row["time"]), account: row["account"], run: RunID(row["run"]),
            kind: kind, resource: resource, amount: Amount(whole: row["whole"], fraction: row["billionths"]),
            stage: row["stage"], attempt: row["attempt"], isDeclared: row["declared"])
    }
}
