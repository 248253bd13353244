import GRDB
import SluiceModel
import Testing

@testable import SluiceStore

@Suite("the ledger")
struct LedgerTests {
    let sandbox: StateSandbox
    let store: Store
    private let time = StateSandbox.time
    private let week = LedgerSamples.account("week", .rolling(milliseconds: 7 * LedgerSamples.day), ["cost": "10"])

    init() throws {
        sandbox = try StateSandbox()
        store = try sandbox.store()
    }

    private func line(_ account: Account, at time: Timestamp, without run: RunID? = nil) throws -> AccountStanding.Line
    {
        try #require(try store.standings(of: [account], without: run, at: time).first?.lines.first)
    }

    @Test("an admitted run holds its rest, an attempt takes its share of it, and its end books what it used")
    func life() throws {
        let run = try LedgerSamples.admitted(store, [week], rest: "6", at: time)
        #expect(try line(week, at: time).reserved == Amount(6))
        #expect(try line(week, at: time, without: run.id).reserved == .zero)
        try LedgerSamples.start(store, run, "a", share: "4", rest: "2", at: time)
        #expect(try line(week, at: time).reserved == Amount(6))
        try LedgerSamples.end(store, run, "a", used: "1.5", rest: "2", at: time)
        let after = try line(week, at: time)
        #expect(after.reserved == Amount(2) && after.used == Amount(decimal: "1.5"))
        #expect(
            after.holders == [.init(run: run.id, pipeline: "p", amount: Amount(2), ends: time.advanced(bySeconds: 60))])
        try store.append([.runEnded(outcome: .succeeded, reason: nil)], to: run.id, at: time)
        #expect(try line(week, at: time).left == Amount(decimal: "8.5"))
        #expect(try store.openReservations().isEmpty)
    }

    @Test("what others hold is found from the runs that go on, however many entries an account has")
    func isIndexed() throws {
        let plan = try store.read { database in
            try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + LedgerReader.holding, arguments: ["a", "a", "cost", 0]
            ).map { $0["detail"] as String }
        }
        let searches = plan.filter { !$0.hasPrefix("USE TEMP") }
        let indices = [
            "runs_state (state=?)", "PRIMARY KEY (run=? AND account=?)", "ledger_run (run=? AND account=? AND",
        ]
        #expect(searches.count == 3 && zip(searches, indices).allSatisfy { $0.contains($1) }, "\(plan)")
    }

    @Test("what was decided on an older version of the ledger is not promised")
    func version() throws {
        let (first, second) = (try LedgerSamples.begun(store, at: time), try LedgerSamples.begun(store, at: time))
        let seen = try store.standings(of: [week], without: nil, at: time)
        #expect(try LedgerSamples.admit(store, first, [week], rest: "6", on: seen, at: time) != nil)
        #expect(try LedgerSamples.admit(store, second, [week], rest: "1", on: seen, at: time) == nil)
        #expect(try store.events(of: second.id).isEmpty)
        let fresh = try store.standings(of: [week], without: nil, at: time)
        #expect(try LedgerSamples.admit(store, second, [week], rest: "4.000000001", on: fresh, at: time) == nil)
        #expect(try LedgerSamples.admit(store, second, [week], rest: "4", on: fresh, at: time) != nil)
        #expect(try line(week, at: time).left == .zero)
    }

    @Test("what an attempt reserves, settles and releases is booked once, however often it is said")
    func idempotent() throws {
        let run = try LedgerSamples.admitted(store, [week], rest: "6", at: time)
        try LedgerSamples.start(store, run, "a", share: "4", rest: "2", at: time)
        let entries = try store.ledgerEntries(of: "week", limit: 100)
        for _ in 0..<2 {
            try store.write { database in
                let ledger = try LedgerWriter(database, run: run.id, clock: time)
                #expect(try ledger.book(LedgerSamples.booking(rest: "2", share: "4", of: "a")))
            }
        }
        #expect(try store.ledgerEntries(of: "week", limit: 100) == entries)
        for _ in 0..<2 {
            try store.write { database in
                let ledger = try LedgerWriter(database, run: run.id, clock: time)
                try ledger.settle(stage: "a", number: 1, used: [.cost: Amount(1)])
            }
        }
        #expect(try line(week, at: time).used == Amount(1))
        #expect(try line(week, at: time).reserved == Amount(2))
    }

    @Test("use counts for exactly the window's length, and a month's until the first of the next one")
    func windows() throws {
        let month = LedgerSamples.account("month", .month, ["cost": "10"])
        let run = try LedgerSamples.admitted(store, [week, month], rest: "3", at: time)
        try LedgerSamples.start(store, run, "a", share: "3", rest: "0", at: time)
        try LedgerSamples.end(store, run, "a", used: "3", rest: "0", at: time)
        let rolled = Timestamp(milliseconds: time.milliseconds + 7 * LedgerSamples.day)
        #expect(try line(week, at: Timestamp(milliseconds: rolled.milliseconds - 1)).used == Amount(3))
        #expect(try line(week, at: rolled).used == .zero)
        #expect(try line(week, at: time).rollOuts == [.init(time: rolled, amount: Amount(3))])
        let december = try #require(Timestamp("2023-12-01T00:00:00.000Z"))
        #expect(try line(month, at: Timestamp(milliseconds: december.milliseconds - 1)).used == Amount(3))
        #expect(try line(month, at: december).used == .zero)
        #expect(try line(month, at: time).rollOuts == [.init(time: december, amount: Amount(3))])
    }

    @Test("a clock that goes back neither frees what is used nor books before the last entry")
    func clockGoesBack() throws {
        let month = LedgerSamples.account("month", .month, ["cost": "10"])
        let december = try #require(Timestamp("2023-12-01T00:00:00.000Z"))
        let november = Timestamp(milliseconds: december.milliseconds - 1)
        let run = try LedgerSamples.admitted(store, [month], rest: "8", at: december)
        try LedgerSamples.start(store, run, "a", share: "8", rest: "0", at: december)
        try LedgerSamples.end(store, run, "a", used: "8", rest: "0", at: november)
        #expect(try line(month, at: november).used == Amount(8))
        #expect(try store.ledgerEntries(of: nil, limit: 100).allSatisfy { $0.time == december })
        #expect(try store.standings(of: [month], without: nil, at: november).first?.time == december)
    }

    @Test("an account per run gives every run all of it")
    func perRun() throws {
        let own = LedgerSamples.account("own", .run, ["cost": "5"])
        _ = try LedgerSamples.admitted(store, [own], rest: "5", at: time)
        let second = try LedgerSamples.admitted(store, [own], rest: "5", at: time)
        try LedgerSamples.start(store, second, "a", share: "3", rest: "2", at: time)
        try LedgerSamples.end(store, second, "a", used: "4", rest: "2", at: time)
        let booked = try store.append(
            [], booking: LedgerSamples.booking(rest: "0", share: "2.1", of: "b", must: ["own": 0]), to: second.id,
            at: time)
        guard case .moved = booked else {
            Issue.record("4 are used of 5, and 2.1 more are promised: \(booked)")
            return
        }
    }

    @Test("a retry that has no room is not held, and its events are written all the same")
    func retryWithoutRoom() throws {
        let run = try LedgerSamples.admitted(store, [week], rest: "6", at: time)
        try LedgerSamples.start(store, run, "a", share: "6", rest: "0", at: time)
        _ = try LedgerSamples.admitted(store, [week], rest: "4", at: time)
        try LedgerSamples.end(store, run, "a", .failed, used: "6", rest: "6", at: time)
        #expect(try line(week, at: time).left == .zero)
        #expect(try store.events(of: run.id).count == 3)
    }

    @Test("an attempt whose end nobody saw is booked as it was reserved, and marked so")
    func lost() throws {
        let run = try LedgerSamples.admitted(store, [week], rest: "6", at: time)
        try LedgerSamples.start(store, run, "a", share: "4", rest: "2", at: time)
        #expect(try store.releaseDead(at: time) == [run.id])
        #expect(try line(week, at: time).used == Amount(4))
        #expect(try store.openReservations().isEmpty)
        try LedgerSamples.end(store, run, "a", .lost, used: "0", rest: "0", at: time)
        #expect(try line(week, at: time).used == Amount(4))
        #expect(try store.ledgerEntries(of: "week", limit: 9).filter { $0.kind == .settle }.map(\.isDeclared) == [true])
        #expect(try store.releaseDead(at: time).isEmpty)
    }

    @Test("a run that somebody drives is not taken for dead")
    func alive() throws {
        let run = try LedgerSamples.admitted(store, [week], rest: "6", at: time)
        let lock = try #require(try RunLock.tryHold(run.id, in: sandbox.folder))
        #expect(try store.releaseDead(at: time).isEmpty)
        withExtendedLifetime(lock) {}
    }

    @Test("those who wait stand in the order of their coming, and only while somebody will take them up")
    func waiters() throws {
        let runs = try (0..<3).map { _ in try LedgerSamples.begun(store, at: time) }
        let locks = try runs.prefix(2).map { try RunLock.tryHold($0.id, in: sandbox.folder) }
        for (run, amount) in zip(runs, [5, 2, 1] as [Int64]) {
            _ = try store.wait(
                run.id, for: ["week": [.cost: Amount(amount)]], isParked: false, events: [.waiting(reason: "week")],
                at: time)
        }
        #expect(try line(week, at: time).ahead.map(\.run) == [runs[0].id, runs[1].id])
        #expect(try line(week, at: time, without: runs[1].id).ahead == [.init(run: runs[0].id, amount: Amount(5))])
        _ = try LedgerSamples.admit(
            store, runs[0], [week], rest: "5", on: try store.standings(of: [week], without: nil, at: time), at: time)
        try store.append([.runEnded(outcome: .cancelled, reason: nil)], to: runs[1].id, at: time)
        #expect(try line(week, at: time).ahead.isEmpty)
        withExtendedLifetime(locks) {}
    }

    @Test(
        "the tables refuse what the ledger may not say",
        arguments: [
            "UPDATE ledger SET whole = 0", "DELETE FROM ledger",
            "UPDATE runs SET state = 'ended', outcome = 'failed', ended = 5 WHERE id = 1",
            "INSERT INTO ledger (time, account, run, kind, resource, whole, billionths, declared) "
                + "VALUES (1, 'week', 1, 'reserve', 'cost', 1, 0, 0)",
            "INSERT INTO ledger (time, account, run, kind, resource, whole, billionths, declared) "
                + "VALUES (9000000000000, 'week', 1, 'settle', 'cost', 1, 0, 0)",
            "INSERT INTO ledger (time, account, run, kind, resource, whole, billionths, declared) "
                + "VALUES (9000000000000, 'other', 1, 'reserve', 'cost', 1, 0, 0)",
            "INSERT INTO ledger (time, account, run, kind, resource, whole, billionths, declared) "
                + "VALUES (9000000000000, 'week', 1, 'reserve', 'luck', 1, 0, 0)",
            "INSERT INTO ledger (time, account, run, kind, resource, whole, billionths, declared) "
                + "VALUES (9000000000000, 'week', 1, 'reserve', 'cost', 1, 1000000000, 0)",
        ])
    func constraints(statement: String) throws {
        _ = try LedgerSamples.admitted(store, [week], rest: "6", at: time)
        let error = #expect(throws: StoreError.self) { try store.write { try $0.execute(sql: statement) } }
        #expect(error?.code == .constraint)
    }
}

extension LedgerTests {
    @Test("a report tells how use went over the parts of a window, and who waits")
    func report() throws {
        let start = StateSandbox.time
        let account = LedgerSamples.account("r", .rolling(milliseconds: 4000), ["cost": "10"])
        for (offset, used) in [(0, "1"), (1500, "2"), (1900, "0.5")] as [(Int64, String)] {
            let time = Timestamp(milliseconds: start.milliseconds + offset)
            let run = try LedgerSamples.admitted(store, [account], rest: used, at: time)
            try LedgerSamples.start(store, run, "a", share: used, rest: "0", at: time)
            try LedgerSamples.end(store, run, "a", used: used, rest: "0", at: time)
        }
        let waiting = try LedgerSamples.begun(store, at: start)
        _ = try store.wait(waiting.id, for: ["r": [.cost: Amount(9)]], isParked: true, events: [], at: start)
        let now = Timestamp(milliseconds: start.milliseconds + 3999)
        let report = try #require(try store.reports(on: [account], parts: 4, at: now).first)
        #expect(report.lines[0].burn == [Amount(1), LedgerSamples.amount("2.5"), .zero, .zero])
        #expect(report.lines[0].firstUse == start)
        #expect(report.standing.lines[0].left == LedgerSamples.amount("6.5"))
        #expect(report.waiting == [waiting.id])
        #expect(try store.parked() == [waiting.id])
    }
}
