import GRDB
import SluiceModel

/// Sums of the ledger within one transaction. Nothing is kept beside its entries: a balance is always their sum.
struct LedgerReader {
    let database: Database

    /// Roll-outs that are listed; what lies behind them is not known to whoever waits.
    static let rollOutLimit = 2000

    private static let held = """
        sum(CASE kind WHEN 'reserve' THEN whole ELSE -whole END) AS whole,
        sum(CASE kind WHEN 'reserve' THEN billionths ELSE -billionths END) AS billionths
        """

    /// From the runs to their entries: nearly all entries of an account are of runs that have ended, and without statistics
    /// SQLite would begin with those.
    static let holding = """
        SELECT runs.id AS run, runs.pipeline AS pipeline, run_accounts.ends AS ends, \(held)
        FROM runs CROSS JOIN run_accounts ON run_accounts.run = runs.id AND run_accounts.account = ?
        CROSS JOIN ledger INDEXED BY ledger_run
            ON ledger.run = runs.id AND ledger.account = ? AND ledger.resource = ?
        WHERE runs.state IN ('waiting', 'running') AND runs.id <> ? AND kind <> 'settle'
        GROUP BY runs.id ORDER BY runs.id
        """

    /// The ledger's time: that of the last entry where the clock is behind it (docs/adr/0006).
    func time(_ clock: Timestamp) throws -> Timestamp {
        let last = try database.value(Int64.self, "SELECT time FROM ledger ORDER BY id DESC LIMIT 1", [])
        return max(clock, last.map(Timestamp.init(milliseconds:)) ?? clock)
    }

    /// Of all entries, or of one account's.
    func version(of account: String) throws -> Int64 {
        try database.value(Int64.self, "SELECT max(id) FROM ledger WHERE account = ?", [account]) ?? 0
    }

    /// The accounts that a run is charged on, by name.
    func accounts(of run: RunID) throws -> [Account] {
        try database.rows(
            "SELECT account, window, limits FROM run_accounts WHERE run = ? ORDER BY account", [run.number]
        )
        .map(Account.init(row:))
    }

    /// What is open of a run's rest.
    func openRest(of run: RunID) throws -> Holdings {
        try holdings(
            """
            SELECT account, resource, \(Self.held) FROM ledger
            WHERE run = ? AND stage IS NULL AND kind <> 'settle' GROUP BY account, resource
            """, [run.number])
    }

    /// What is open of one attempt.
    func open(of run: RunID, stage: String, number: Int) throws -> Holdings {
        try holdings(
            """
            SELECT account, resource, \(Self.held) FROM ledger
            WHERE run = ? AND stage = ? AND attempt = ? AND kind <> 'settle' GROUP BY account, resource
            """, [run.number, stage, number])
    }

    /// Attempts of a run that hold something.
    func openAttempts(of run: RunID) throws -> [(stage: String, number: Int)] {
        try database.rows(
            """
            SELECT stage, attempt FROM ledger
            WHERE run = ? AND stage IS NOT NULL AND kind <> 'settle' GROUP BY stage, attempt
            HAVING sum(CASE kind WHEN 'reserve' THEN 1 ELSE -1 END) <> 0 ORDER BY stage, attempt
            """, [run.number]
        ).map { (stage: $0["stage"], number: $0["attempt"]) }
    }

    /// Everything that a run holds, in one account and resource.
    func held(by run: RunID, _ account: String, _ resource: BudgetResource) throws -> Amount {
        try amount(
            """
            SELECT \(Self.held) FROM ledger
            WHERE run = ? AND account = ? AND resource = ? AND kind <> 'settle'
            """, [run.number, account, resource.rawValue])
    }

    /// What runs hold that have not ended; one that has ended holds nothing, which the tables make sure of.
    func holders(
        of account: String, _ resource: BudgetResource, without run: RunID?
    ) throws -> [AccountStanding.Holder] {
        let rows = try database.rows(Self.holding, [account, account, resource.rawValue, run?.number ?? 0])
        return rows.map {
            AccountStanding.Holder(
                run: RunID($0["run"]), pipeline: $0["pipeline"],
                amount: Amount(whole: $0["whole"], fraction: $0["billionths"]),
                ends: Timestamp(milliseconds: $0["ends"]))
        }.filter { $0.amount != .zero }
    }

    /// What was used within the window, by all runs or all but one.
    func used(
        of account: Account, _ resource: BudgetResource, at time: Timestamp, without run: RunID? = nil
    ) throws -> Amount {
        guard let start = account.window.start(at: time) else { return .zero }
        return try amount(
            """
            SELECT sum(whole) AS whole, sum(billionths) AS billionths FROM ledger
            WHERE account = ? AND resource = ? AND kind = 'settle' AND time >= ? AND run <> ?
            """, [account.name, resource.rawValue, start.milliseconds, run?.number ?? 0])
    }

    /// What one run has used, whenever.
    func used(by run: RunID, of account: String, _ resource: BudgetResource) throws -> Amount {
        try amount(
            """
            SELECT sum(whole) AS whole, sum(billionths) AS billionths FROM ledger
            WHERE run = ? AND account = ? AND resource = ? AND kind = 'settle'
            """, [run.number, account, resource.rawValue])
    }

    /// When the use of others counts no more.
    func rollOuts(
        of account: Account, _ resource: BudgetResource, at time: Timestamp, without run: RunID?
    ) throws -> [AccountStanding.RollOut] {
        switch account.window {
        case .run: return []
        case .month:
            let used = try used(of: account, resource, at: time, without: run)
            return used == .zero ? [] : [.init(time: time.startOfNextMonth, amount: used)]
        case .rolling(let length):
            return try database.rows(
                """
                SELECT time, sum(whole) AS whole, sum(billionths) AS billionths FROM ledger
                WHERE account = ? AND resource = ? AND kind = 'settle' AND time > ? AND run <> ?
                GROUP BY time ORDER BY time LIMIT ?
                """,
                [account.name, resource.rawValue, time.milliseconds - length, run?.number ?? 0, Self.rollOutLimit]
            ).map { row in
                let used: Int64 = row["time"]
                return .init(
                    time: Timestamp(milliseconds: used + length),
                    amount: Amount(whole: row["whole"], fraction: row["billionths"]))
            }
        }
    }

    private func holdings(_ sql: String, _ arguments: StatementArguments) throws -> Holdings {
        var holdings = Holdings()
        for row in try database.rows(sql, arguments) {
            guard let resource = BudgetResource(rawValue: row["resource"]) else { continue }
            holdings[row["account"], resource] = Amount(whole: row["whole"], fraction: row["billionths"])
        }
        return holdings
    }

    private func amount(_ sql: String, _ arguments: StatementArguments) throws -> Amount {
        guard let row = try database.rows(sql, arguments).first, let whole: Int64 = row["whole"] else { return .zero }
        return Amount(whole: whole, fraction: row["billionths"])
    }
}
