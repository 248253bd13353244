import SluiceModel
import SluiceReport
import Testing

@Suite struct BudgetTests {
    private static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }
    private static func money(_ text: String) -> Amount { Amount(decimal: text) ?? .zero }

    private static func report(
        _ name: String, _ window: AccountWindow, _ lines: [AccountStanding.Line], burn: [[Int64]] = [],
        usedUp: Timestamp? = nil, waiting: [Int64] = []
    ) throws -> AccountReport {
        let now = try time("2026-11-26T14:05:30.000Z")
        let account = Account(name: name, window: window, limits: lines.map(\.limit))
        return AccountReport(
            standing: AccountStanding(account: account, version: 9, time: now, lines: lines),
            start: window.start(at: now), end: window == .month ? now.startOfNextMonth : nil,
            lines: lines.indices.map {
                AccountReport.Line(
                    burn: $0 < burn.count ? burn[$0].map { Amount($0) } : [], firstUse: nil,
                    usedUp: $0 == 0 ? usedUp : nil)
            }, waiting: waiting.map { RunID($0) })
    }

    private static func sample() throws -> [AccountReport] {
        let ends = try time("2026-11-26T15:20:00.000Z")
        func holder(_ run: Int64, _ amount: String) -> AccountStanding.Holder {
            .init(run: RunID(run), pipeline: "churn", amount: money(amount), ends: ends)
        }
        return [
            try report(
                "exp-branches", .rolling(milliseconds: 604_800_000),
                [
                    .init(
                        limit: .init(resource: .cost, amount: money("60")), used: money("22.5"),
                        holders: [holder(41, "10"), holder(43, "0.25")]),
                    .init(
                        limit: .init(resource: .gpuHours, amount: money("40")), used: money("39"),
                        holders: [holder(41, "2.5")]),
                ], burn: [[0, 1, 0, 3, 8, 2, 0, 0, 4, 5], [0, 0, 39]],
                usedUp: try time("2026-11-28T09:00:00.000Z"), waiting: [44, 45]),
            try report(
                "team", .month,
                [
                    .init(limit: .init(resource: .cost, amount: money("1500")), used: money("0")),
                    .init(limit: .init(resource: .wall, amount: money("36000")), used: money("5400")),
                ], burn: [[], [1, 2]]),
            try report("each", .run, [.init(limit: .init(resource: .cost, amount: money("5")))]),
        ]
    }

    @Test("accounts show what is used, held and left, how it went, and when it is used up")
    func text() throws {
        let now = try Self.time("2026-11-26T14:05:30.000Z")
        let sample = try Self.sample()
        try expectGolden("budget.txt", BudgetText.lines(sample, now: now, width: 120, style: .plain))
        try expectGolden("budget-ascii.txt", BudgetText.lines(sample, now: now, width: 80, style: .ascii))
        try expectGolden("budget-colour.txt", BudgetText.lines(sample, now: now, width: 120, style: .coloured))
        let earlier = try Self.time("2026-11-26T12:00:00.000Z")
        #expect(
            BudgetText.lines(sample, now: earlier, width: 120, style: .plain).last
                == "▲ the clock is behind the ledger's last entry (2026-11-26 14:05 UTC): windows roll over when it has "
                + "caught up")
        #expect(BudgetText.lines([], now: now, width: 80, style: .plain).count == 1)
    }

    @Test("entries show what was reserved, settled and released, and what nobody measured")
    func entries() throws {
        let time = try Self.time("2026-11-26T14:05:30.000Z")
        let kinds: [(LedgerEntry.Kind, String?, Bool)] = [
            (.release, "train[model=a]", false), (.settle, "train[model=a]", true), (.reserve, nil, false),
        ]
        let entries = kinds.enumerated().map { index, kind in
            LedgerEntry(
                id: Int64(9 - index), time: time, account: "team", run: RunID(41), kind: kind.0, resource: .cost,
                amount: Self.money("1.000000001"), stage: kind.1, attempt: kind.1 == nil ? nil : 1,
                isDeclared: kind.2)
        }
        try expectGolden("budget-entries.txt", BudgetText.entries(entries, width: 100, style: .plain))
        let narrow = BudgetText.entries(entries, width: 80, style: .plain)
        #expect(narrow.allSatisfy { $0.count <= 80 } && narrow.last?.contains("1.000000001") == true, "\(narrow)")
        try expectGolden(
            "budget.json",
            [JSONText.encode(BudgetJSON(try Self.sample(), entries: entries, now: time), pretty: true)])
    }

    @Test(
        "an entry's amount has its unit and all of its digits",
        arguments: [
            (BudgetResource.wall, "41.25", "41.25 s"), (.wall, "0", "0 s"), (.storage, "3145728", "3 MiB"),
            (.egress, "1025", "1025 B"), (.egress, "0", "0 B"), (.storage, "1099511627777", "1099511627777 B"),
            (.storage, "-2048", "-2 KiB"), (.cpuHours, "0.000000001", "0.000000001"), (.cost, "1.5", "1.5"),
        ])
    func units(resource: BudgetResource, amount: String, shown: String) throws {
        let entry = LedgerEntry(
            id: 1, time: try Self.time("2026-11-26T14:05:30.000Z"), account: "team", run: RunID(41), kind: .settle,
            resource: resource, amount: Self.money(amount), stage: "train", attempt: 1, isDeclared: false)
        let row = try #require(BudgetText.entries([entry], width: 100, style: .plain).last)
        #expect(row.hasSuffix("  " + shown), "\(row)")
    }

    @Test("the forecast is the straight line from the first use, as far as that use still counts")
    func forecast() throws {
        let now = try Self.time("2026-11-11T00:00:00.000Z")
        let first = try Self.time("2026-11-01T00:00:00.000Z")
        func usedUp(_ used: String, _ window: AccountWindow, since: Timestamp? = nil) -> Timestamp? {
            AccountReport.usedUp(
                .init(limit: .init(resource: .cost, amount: Amount(100)), used: Self.money(used)),
                since: since ?? first, window: window, now: now)
        }
        #expect(usedUp("50", .month) == Timestamp("2026-11-21T00:00:00.000Z"))
        #expect(usedUp("20", .month) == nil)
        #expect(usedUp("100", .month) == now)
        #expect(usedUp("0", .month) == nil)
        #expect(usedUp("50", .rolling(milliseconds: 10 * 86_400_000)) == nil)
        #expect(usedUp("50", .rolling(milliseconds: 30 * 86_400_000)) == Timestamp("2026-11-21T00:00:00.000Z"))
        #expect(usedUp("50", .month, since: now) == Timestamp("2026-11-11T20:00:00.000Z"), "20 days and a 24th of them")
        #expect(usedUp("1", .month, since: now) == nil, "the first minutes of a month are no pace")
        #expect(usedUp("0.000000001", .rolling(milliseconds: .max / 4)) == nil)
    }
}
