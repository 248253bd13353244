import SluiceModel

/// `sluice budget --json`.
package struct BudgetJSON: Encodable {
    private let schema = "sluice.budget/v1"
    private let time: Timestamp
    private let accounts: [Account]
    private let entries: [Entry]?

    /// `entries`: only where they were asked for.
    package init(_ reports: [AccountReport], entries: [LedgerEntry]?, now: Timestamp) {
        time = now
        accounts = reports.map(Account.init)
        self.entries = entries?.map(Entry.init)
    }

    private struct Account: Encodable {
        let name, window: String
        let from, until: OrNull<Timestamp>
        let limits: [Limit]
        let holders: [Holder]
        let waiting: [Int64]

        init(_ report: AccountReport) {
            name = report.standing.account.name
            window = report.standing.account.window.name
            from = OrNull(report.start)
            until = OrNull(report.end)
            limits = zip(report.standing.lines, report.lines).map(Limit.init)
            holders = report.standing.lines.flatMap { line in
                line.holders.map { Holder($0, line.limit.resource) }
            }
            waiting = report.waiting.map(\.number)
        }
    }

    private struct Limit: Encodable {
        let resource: String
        let limit, used, reserved, left: Amount
        let burn: [Amount]
        let usedUp: OrNull<Timestamp>

        init(_ line: AccountStanding.Line, _ report: AccountReport.Line) {
            resource = line.limit.resource.rawValue
            limit = line.limit.amount
            used = line.used
            reserved = line.reserved
            left = line.left
            burn = report.burn
            usedUp = OrNull(report.usedUp)
        }

        private enum CodingKeys: String, CodingKey {
            case resource, limit, used, reserved, left, burn
            case usedUp = "used_up"
        }
    }

    private struct Holder: Encodable {
        let run: Int64
        let pipeline, resource: String
        let amount: Amount
        let until: Timestamp

        init(_ holder: AccountStanding.Holder, _ resource: BudgetResource) {
            run = holder.run.number
            pipeline = holder.pipeline
            self.resource = resource.rawValue
            amount = holder.amount
            until = holder.ends
        }
    }

    private struct Entry: Encodable {
        let id: Int64
        let time: Timestamp
        let account: String
        let run: Int64
        let stage: OrNull<String>
        let attempt: OrNull<Int>
        let kind, resource: String
        let amount: Amount
        let declared: Bool

        init(_ entry: LedgerEntry) {
            id = entry.id
            time = entry.time
            account = entry.account
            run = entry.run.number
            stage = OrNull(entry.stage)
            attempt = OrNull(entry.attempt)
            kind = entry.kind.rawValue
            resource = entry.resource.rawValue
            amount = entry.amount
            declared = entry.isDeclared
        }
    }
}
