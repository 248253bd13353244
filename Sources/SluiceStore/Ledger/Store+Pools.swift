import GRDB
import SluiceModel

/// Pools that several processes share: what each of their attempts holds, alive as long as its run's lock is held.
extension Store: Ledger {
    package func othersAsk(without run: RunID) throws(StoreError) -> [PoolHold] {
        try read { try self.othersAsk($0, without: run) }
    }

    package func start(
        _ attempt: RunEvent.Kind, holding ask: PoolAsk, booking: Booking?, in run: RunID, at time: Timestamp
    ) throws(StoreError) -> Booked {
        guard case .attemptStarted(let stage, let started) = attempt else {
            preconditionFailure("what starts is an attempt")
        }
        return try write { database in
            let allOthers = try othersAsk(database, without: run)
            let others = allOthers.filter { $0.request.executor == ask.pool }
            // A run alone keeps within the pool by itself.
            let held = others.isEmpty ? [] : try Self.own(database, of: ask.pool, run) + others.map(\.request)
            guard others.isEmpty || ask.fits(beside: held) else {
                try Self.standInLine(ask, stage, started.number, database, run)
                return .crowded(allOthers)
            }
            if let booking {
                let ledger = try LedgerWriter(database, run: run, clock: time)
                guard try ledger.book(booking) else {
                    return .moved(try standings(database, ledger.accounts, without: run, at: time))
                }
                try database.run("DELETE FROM ledger_waits WHERE run = ?", [run.number])
            }
            try database.run("DELETE FROM grants WHERE run = ? AND granted = 0", [run.number])
            try Self.insert(ask, stage, started.number, isGranted: true, database, run)
            var writer = try JournalWriter(database, run: run, time: time)
            return .booked([try writer.append(attempt)])
        }
    }

    /// What attempts of others hold, and what those of them wait for who came before `run`.
    private func othersAsk(_ database: Database, without run: RunID) throws -> [PoolHold] {
        let rows = try database.rows(
            """
            SELECT run, request FROM grants WHERE run <> ?1 AND (granted = 1 OR id < coalesce(
                (SELECT min(id) FROM grants WHERE run = ?1 AND granted = 0), 9223372036854775807))
            ORDER BY id
            """, [run.number])
        var isAlive: [Int64: Bool] = [:]
        return try rows.compactMap { row in
            let other: Int64 = row["run"]
            let alive = try isAlive[other] ?? RunLock.isHeld(RunID(other), in: folder)
            isAlive[other] = alive
            guard alive else { return nil }
            return PoolHold(
                run: RunID(other), request: try JSONText.decode(ResourceRequest.self, from: row["request"]))
        }
    }

    private static func own(_ database: Database, of pool: String, _ run: RunID) throws -> [ResourceRequest] {
        try database.values(
            String.self, "SELECT request FROM grants WHERE pool = ? AND run = ? AND granted = 1", [pool, run.number]
        ).map { try JSONText.decode(ResourceRequest.self, from: $0) }
    }

    /// One stage of a run at a time; where it stands already it keeps its place.
    private static func standInLine(
        _ ask: PoolAsk, _ stage: String, _ number: Int, _ database: Database, _ run: RunID
    ) throws {
        try database.run(
            "DELETE FROM grants WHERE run = ? AND granted = 0 AND NOT (stage = ? AND number = ?)",
            [run.number, stage, number])
        try insert(ask, stage, number, isGranted: false, database, run)
    }

    private static func insert(
        _ ask: PoolAsk, _ stage: String, _ number: Int, isGranted: Bool, _ database: Database, _ run: RunID
    ) throws {
        try database.run(
            """
            INSERT INTO grants (run, stage, number, pool, granted, request) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, stage, number) DO NOTHING
            """, [run.number, stage, number, ask.pool, isGranted, try JSONText.encode(ask.request)])
    }
}

extension PoolAsk {
    /// Whether the pool has room for it beside what is held.
    fileprivate func fits(beside held: [ResourceRequest]) -> Bool {
        let all = held + [request]
        func fits(_ amount: (ResourceRequest) -> Int64?, in capacity: Int64?) -> Bool {
            guard let capacity else { return true }
            return all.reduce(Int128(0)) { $0 + Int128(amount($1) ?? 0) } <= Int128(capacity)
        }
        return all.reduce(Amount.zero) { $0 + $1.cpus } <= capacity.cpus
            && fits(\.memory, in: capacity.memory) && fits(\.gpus, in: capacity.gpus)
            && fits(\.disk, in: capacity.disk) && fits(\.network, in: capacity.network)
            && Set(all.flatMap(\.custom.keys)).allSatisfy { name in
                fits({ $0.custom[name] }, in: capacity.custom[name] ?? 0)
            }
    }
}
