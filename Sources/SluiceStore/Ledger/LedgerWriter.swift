import GRDB
import SluiceModel

/// Adds entries for one run within a transaction.
///
/// Every call says what is to hold from now on and writes the difference to what the entries add up to: said twice it
/// is written once.
struct LedgerWriter {
    let reader: LedgerReader
    let run: RunID
    let accounts: [Account]
    /// The ledger's, never before its last entry.
    let time: Timestamp

    private var database: Database { reader.database }

    init(_ database: Database, run: RunID, clock: Timestamp) throws {
        reader = LedgerReader(database: database)
        self.run = run
        accounts = try reader.accounts(of: run)
        time = accounts.isEmpty ? clock : try reader.time(clock)
    }

    /// Notes what a run is charged on. Accounts that it had before, and that its operator has taken away since, stay:
    /// what was promised on them is settled there.
    static func admit(_ admission: Admission, _ database: Database, run: RunID, at time: Timestamp) throws {
        for account in admission.accounts {
            let limits = Dictionary(account.limits.map { ($0.resource, $0.amount) }) { min($0, $1) }
            try database.run(
                """
                INSERT INTO run_accounts (run, account, window, limits, ends) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET window = excluded.window, limits = excluded.limits, ends = excluded.ends
                """,
                [
                    run.number, account.name, account.window.text, try JSONText.encode(BudgetAmounts(limits).texts),
                    time.advanced(bySeconds: admission.makespan).milliseconds,
                ])
        }
    }

    /// Makes the run hold what a booking says. False, and nothing written, where it does not fit.
    func book(_ booking: Booking) throws -> Bool {
        guard !accounts.isEmpty else { return true }
        let open = try reader.openRest(of: run)
        var rest = booking.rest
        switch booking.terms {
        case .must(let versions):
            for account in accounts where try !hasRoom(account, for: booking, open, versions) { return false }
        case .ifItFits:
            // Nothing new is held unless all of it has room in all accounts: half of it would help nobody.
            for account in accounts where try !hasRoom(account, for: booking, open, nil) {
                rest = rest.merging(smallest(of: open)) { min($0, $1) }.filter { $0.value > .zero }
            }
        }
        try setRest(rest, open)
        if let share = booking.attempt { try reserve(share) }
        return true
    }

    /// What of every resource is held in all accounts.
    private func smallest(of open: Holdings) -> [BudgetResource: Amount] {
        Dictionary(
            uniqueKeysWithValues: BudgetResource.allCases.map { resource in
                (resource, accounts.map { open[$0.name, resource] }.min() ?? .zero)
            })
    }

    /// Whether an account holds what comes on top of what the run has of it already. What grows needs the version
    /// that was decided on; what shrinks needs nothing.
    private func hasRoom(
        _ account: Account, for booking: Booking, _ open: Holdings, _ versions: [String: Int64]?
    ) throws -> Bool {
        for limit in account.limits {
            let resource = limit.resource
            let wanted = booking.rest[resource, default: .zero] + (booking.attempt?.amounts[resource] ?? .zero)
            let more = wanted - open[account.name, resource]
            guard more > .zero else { continue }
            if let versions, account.window.isShared, try reader.version(of: account.name) != versions[account.name] {
                return false
            }
            guard try left(of: account, limit) >= more else { return false }
        }
        return true
    }

    private func left(of account: Account, _ limit: BudgetLimit) throws -> Amount {
        let own = try reader.held(by: run, account.name, limit.resource)
        guard account.window.isShared else {
            return limit.amount - own - (try reader.used(by: run, of: account.name, limit.resource))
        }
        let others = try reader.holders(of: account.name, limit.resource, without: run)
        return others.reduce(
            limit.amount - own - (try reader.used(of: account, limit.resource, at: time))
        ) { $0 - $1.amount }
    }

    private func setRest(_ rest: [BudgetResource: Amount], _ open: Holdings) throws {
        for account in accounts {
            for resource in BudgetResource.allCases {
                let difference = rest[resource, default: .zero] - open[account.name, resource]
                let kind: LedgerEntry.Kind = difference > .zero ? .reserve : .release
                try add(kind, account, resource, difference > .zero ? difference : -difference)
            }
        }
    }

    private func reserve(_ share: Booking.Share) throws {
        for account in accounts {
            for resource in BudgetResource.allCases {
                let amount = share.amounts[resource] ?? .zero
                try add(.reserve, account, resource, amount, stage: share.stage, number: share.number)
            }
        }
    }

    /// Books what an attempt has used and releases all that it held. nil: nobody measured it, so it is booked as it
    /// was reserved. `declared`: resources of which only the declared value is known.
    func settle(
        stage: String, number: Int, used: [BudgetResource: Amount]?, declared: Set<String> = []
    ) throws {
        guard !accounts.isEmpty else { return }
        let open = try reader.open(of: run, stage: stage, number: number)
        for account in accounts {
            for resource in BudgetResource.allCases {
                let held = open[account.name, resource]
                let amount = used.map { $0[resource] ?? .zero } ?? held
                try add(
                    .settle, account, resource, amount, stage: stage, number: number,
                    isDeclared: used == nil || declared.contains(resource.rawValue))
                try add(.release, account, resource, held, stage: stage, number: number)
            }
        }
    }

    /// Books attempts whose end nobody saw, and gives everything else back.
    func close(keepingWait: Bool = false) throws {
        if !keepingWait { try database.run("DELETE FROM ledger_waits WHERE run = ?", [run.number]) }
        guard !accounts.isEmpty else { return }
        for open in try reader.openAttempts(of: run) { try settle(stage: open.stage, number: open.number, used: nil) }
        try setRest([:], try reader.openRest(of: run))
    }

    private func add(
        _ kind: LedgerEntry.Kind, _ account: Account, _ resource: BudgetResource, _ amount: Amount,
        stage: String? = nil, number: Int? = nil, isDeclared: Bool = false
    ) throws {
        guard amount > .zero else { return }
        try database.run(
            """
            INSERT INTO ledger (time, account, run, stage, attempt, kind, resource, whole, billionths, declared)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, stage, attempt, kind, account, resource) WHERE stage IS NOT NULL DO NOTHING
            """,
            [
                time.milliseconds, account.name, run.number, stage, number, kind.rawValue, resource.rawValue,
                amount.whole, amount.fraction, isDeclared,
            ])
    }
}
