import GRDB
import SluiceModel

extension Store {
    /// How accounts stand and got there, of one moment. `parts`: into how many a window is cut.
    package func reports(
        on accounts: [Account], parts: Int, at clock: Timestamp
    ) throws(StoreError) -> [AccountReport] {
        try read { database in
            let standings = try self.standings(database, accounts, without: nil, at: clock)
            return try standings.map { standing in
                let start = standing.account.window.start(at: standing.time)
                return AccountReport(
                    standing: standing, start: start,
                    end: standing.account.window == .month ? standing.time.startOfNextMonth : nil,
                    lines: try standing.lines.map { line in
                        let first = try start.flatMap { try Self.firstUse(database, standing, line, since: $0) }
                        return AccountReport.Line(
                            burn: try start.map { try Self.burn(database, standing, line, from: $0, parts: parts) }
                                ?? [],
                            firstUse: first,
                            usedUp: AccountReport.usedUp(
                                line, since: first, window: standing.account.window, now: standing.time))
                    }, waiting: try Self.waiting(database, for: standing.account.name))
            }
        }
    }

    private static func firstUse(
        _ database: Database, _ standing: AccountStanding, _ line: AccountStanding.Line, since start: Timestamp
    ) throws -> Timestamp? {
        try database.value(
            Int64.self,
            "SELECT min(time) FROM ledger WHERE account = ? AND resource = ? AND kind = 'settle' AND time >= ?",
            [standing.account.name, line.limit.resource.rawValue, start.milliseconds]
        ).map(Timestamp.init(milliseconds:))
    }

    private static func burn(
        _ database: Database, _ standing: AccountStanding, _ line: AccountStanding.Line, from start: Timestamp,
        parts: Int
    ) throws -> [Amount] {
        let end = standing.account.window.end(ofUseAt: start) ?? standing.time
        let length = max(1, (end.milliseconds - start.milliseconds + Int64(parts) - 1) / Int64(parts))
        let begun = Int(min(Int64(parts), (standing.time.milliseconds - start.milliseconds) / length + 1))
        var burn = [Amount](repeating: .zero, count: begun)
        let rows = try database.rows(
            """
            SELECT (time - ?1) / ?2 AS part, sum(whole) AS whole, sum(billionths) AS billionths FROM ledger
            WHERE account = ?3 AND resource = ?4 AND kind = 'settle' AND time >= ?1 GROUP BY part
            """, [start.milliseconds, length, standing.account.name, line.limit.resource.rawValue])
        for row in rows {
            let part: Int64 = row["part"]
            if burn.indices.contains(Int(part)) {
                burn[Int(part)] = Amount(whole: row["whole"], fraction: row["billionths"])
            }
        }
        return burn
    }

    private static func waiting(_ database: Database, for account: String) throws -> [RunID] {
        try database.rows("SELECT run, parked, asks FROM ledger_waits ORDER BY id", [])
            .map(WaitingRun.init(row:)).filter { $0.asks[account] != nil }.map(\.run)
    }
}
