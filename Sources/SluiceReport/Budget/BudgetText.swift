import SluiceModel

/// `sluice budget` for a person: what of each account is used, held and left, how that came, and where it leads.
package enum BudgetText {
    /// Columns of a bar.
    private static let barWidth = 12

    package static func lines(
        _ reports: [AccountReport], now: Timestamp, width: Int, style: Style
    ) -> [String] {
        guard !reports.isEmpty else {
            return ["no accounts: they stand under `accounts` in the operator's sluice.yaml"]
        }
        var lines: [String] = []
        for report in reports {
            if !lines.isEmpty { lines.append("") }
            lines += account(report, now: now, width: width, style: style)
        }
        return lines + clockWarning(reports, now: now, style: style)
    }

    private static func account(
        _ report: AccountReport, now: Timestamp, width: Int, style: Style
    ) -> [String] {
        let account = report.standing.account
        let head = StyledText(account.name, .strong) + StyledText("  " + window(report), .quiet)
        var table = TextTable([
            .init("limit"), .init("allowed", .right), .init("used", .right), .init("reserved", .right),
            .init("left", .right), .init("", isOptional: true), .init("use", isOptional: true),
            .init("used up", minimum: 16),
        ])
        for (line, past) in zip(report.standing.lines, report.lines) {
            table.append(row(line, past, isShared: account.window.isShared, style: style))
        }
        let none = account.limits.isEmpty ? [StyledText("  no limit that this version knows", .quiet)] : []
        let notes = holders(report) + waiting(report)
        return [head].rendered(style, width: width) + none.rendered(style, width: width)
            + table.lines(width: width, style: style)
            + notes.map { StyledText("  " + $0, .quiet) }.rendered(style, width: width)
    }

    private static func window(_ report: AccountReport) -> String {
        switch report.standing.account.window {
        case .run: "every run has all of it"
        case .month: "this month" + (report.end.map { ", anew on \($0.day)" } ?? "")
        case .rolling: "within \(report.standing.account.window.name)"
        }
    }

    private static func row(
        _ line: AccountStanding.Line, _ past: AccountReport.Line, isShared: Bool, style: Style
    ) -> [StyledText] {
        let resource = line.limit.resource.rawValue
        func cell(_ amount: Amount, _ paint: Style.Paint = .plain) -> StyledText {
            StyledText(HumanUnits.amount(amount, of: resource), paint)
        }
        guard isShared else {
            return [StyledText(resource), cell(line.limit.amount), .empty, .empty, .empty, .empty, .empty, .empty]
        }
        let forecast =
            line.left <= .zero
            ? StyledText("nothing left", .bad)
            : past.usedUp.map { StyledText($0.minute, .warning) }
                ?? StyledText(line.used == .zero ? "" : "lasts", .quiet)
        return [
            StyledText(resource), cell(line.limit.amount), cell(line.used), cell(line.reserved, .quiet),
            cell(line.left, line.left <= .zero ? .bad : .plain), bar(line, style: style),
            StyledText(sparkline(past.burn, style: style), .active), forecast,
        ]
    }

    /// What is used and, paler, what is held of the limit.
    private static func bar(_ line: AccountStanding.Line, style: Style) -> StyledText {
        guard line.limit.amount > .zero else { return .empty }
        func columns(_ amount: Amount) -> Int {
            let share = amount.doubleValue / line.limit.amount.doubleValue * Double(barWidth)
            return max(0, min(barWidth, Int(share.rounded(.up))))
        }
        let used = columns(line.used)
        let held = max(used, columns(line.used + line.reserved))
        func bars(_ sign: String, _ count: Int, _ paint: Style.Paint) -> StyledText {
            StyledText(String(repeating: sign, count: count), paint)
        }
        return bars(style.symbols.barFull, used, used == barWidth ? .bad : .good)
            + bars(style.isASCII ? "=" : "╍", held - used, .warning)
            + bars(style.symbols.barEmpty, barWidth - held, .quiet)
    }

    /// One sign for each part of the window, the highest for the part with the most use.
    static func sparkline(_ burn: [Amount], style: Style) -> String {
        let signs = Array(style.isASCII ? "_.:-=+*#" : "▁▂▃▄▅▆▇█")
        guard let most = burn.max(), most > .zero else { return "" }
        return String(
            burn.map { amount in
                guard amount > .zero else { return signs[0] }
                let step = (amount.doubleValue / most.doubleValue * Double(signs.count - 1)).rounded(.up)
                return signs[max(1, min(signs.count - 1, Int(step)))]
            })
    }

    private static func holders(_ report: AccountReport) -> [String] {
        var amounts: [RunID: (holder: AccountStanding.Holder, parts: [String])] = [:]
        for line in report.standing.lines {
            let resource = line.limit.resource.rawValue
            for holder in line.holders {
                amounts[holder.run, default: (holder, [])].parts.append(
                    "\(resource) \(HumanUnits.amount(holder.amount, of: resource))")
            }
        }
        return amounts.sorted { $0.key < $1.key }.map { run, held in
            "run \(run) (\(held.holder.pipeline)) holds \(held.parts.joined(separator: ", ")) until about "
                + held.holder.ends.minute
        }
    }

    private static func waiting(_ report: AccountReport) -> [String] {
        guard let first = report.waiting.first else { return [] }
        let others = report.waiting.dropFirst().map { ", then run \($0)" }.joined()
        return ["run \(first) waits for it" + others]
    }

    /// A clock that went back freezes the ledger's time.
    private static func clockWarning(_ reports: [AccountReport], now: Timestamp, style: Style) -> [String] {
        guard let time = reports.map(\.standing.time).max(), time.seconds(since: now) > 60 else { return [] }
        return [
            "",
            style.painted(
                "\(style.symbols.warning) the clock is behind the ledger's last entry (\(time.minute)): windows roll over "
                    + "when it has caught up", .warning),
        ]
    }

    /// The ledger, newest first.
    package static func entries(_ entries: [LedgerEntry], width: Int, style: Style) -> [String] {
        guard !entries.isEmpty else { return ["no entries yet"] }
        var table = TextTable([
            .init("entry", .right, isOptional: true), .init("time"), .init("account", minimum: 6), .init("run", .right),
            .init("for", minimum: 6), .init("kind", minimum: 8), .init("resource"), .init("amount", .right),
        ])
        for entry in entries {
            let subject = entry.stage.map { "\($0) #\(entry.attempt ?? 0)" } ?? "what is to run"
            let paint: Style.Paint = entry.kind == .settle ? .strong : .quiet
            table.append([
                StyledText(entry.id.description, .quiet), StyledText(entry.time.second), StyledText(entry.account),
                StyledText(entry.run.description), StyledText(subject),
                StyledText(entry.kind.rawValue + (entry.isDeclared ? ", declared" : ""), paint),
                StyledText(entry.resource.rawValue),
                StyledText(HumanUnits.inFull(entry.amount, of: entry.resource.rawValue)),
            ])
        }
        return table.lines(width: width, style: style, indent: 0)
    }
}

extension Timestamp {
    /// `2026-01-31`
    fileprivate var day: String { String(description.prefix(10)) }
    /// `2026-01-31 23:59 UTC`
    fileprivate var minute: String { "\(day) \(description.dropFirst(11).prefix(5)) UTC" }
    /// `2026-01-31 23:59:58`
    fileprivate var second: String { "\(day) \(description.dropFirst(11).prefix(8))" }
}
