import SluiceModel
import SluiceStore

/// Runs that do nothing but hold and use money.
enum LedgerSamples {
    static let day: Int64 = 86_400_000

    static func amount(_ text: String) -> Amount { Amount(decimal: text) ?? .zero }

    /// `3.07` of 307 cents.
    static func money(_ cents: Int64) -> String { "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)" }

    static func account(_ name: String, _ window: AccountWindow, _ limits: [String: String]) -> Account {
        Account(
            name: name, window: window,
            limits: limits.sorted { $0.key < $1.key }.compactMap { name, text in
                BudgetResource(rawValue: name).map { BudgetLimit(resource: $0, amount: amount(text)) }
            })
    }

    static func begun(_ store: Store, at time: Timestamp) throws -> RunHead {
        try store.begin(try StateSandbox.newRun(), at: time).head
    }

    static func booking(
        rest: String, share: String? = nil, of stage: String = "a", number: Int = 1, must: [String: Int64]? = nil
    ) -> Booking {
        Booking(
            rest: [.cost: amount(rest)],
            attempt: share.map { .init(stage: stage, number: number, amounts: [.cost: amount($0)]) },
            terms: must.map { .must(versions: $0) } ?? .ifItFits)
    }

    /// nil: the ledger has moved, or there is no room.
    static func admit(
        _ store: Store, _ run: RunHead, _ accounts: [Account], rest: String, on seen: [AccountStanding],
        at time: Timestamp
    ) throws -> [RunEvent]? {
        let versions = Dictionary(uniqueKeysWithValues: seen.map { ($0.account.name, $0.version) })
        var booking = booking(rest: rest, must: versions)
        booking.admission = Admission(accounts: accounts, makespan: 60)
        let planned = RunEvent.Planned(decision: EventSamples.decision, isDegraded: false, stages: [])
        guard case .booked(let events) = try store.append([.planned(planned)], booking: booking, to: run.id, at: time)
        else { return nil }
        return events
    }

    static func admitted(
        _ store: Store, _ accounts: [Account], rest: String, at time: Timestamp
    ) throws -> RunHead {
        let run = try begun(store, at: time)
        let seen = try store.standings(of: accounts, without: run.id, at: time)
        guard try admit(store, run, accounts, rest: rest, on: seen, at: time) != nil else {
            throw StoreError(.failed, "the test's run has no room")
        }
        return run
    }

    /// Attempts that the journal knows, as in `a 1`, and what those used that have ended.
    static func attempts(of run: RunHead, in store: Store) throws -> (started: [String], used: [String: Amount]) {
        var attempts: (started: [String], used: [String: Amount]) = ([], [:])
        for event in try store.events(of: run.id) {
            switch event.kind {
            case .attemptStarted(let stage, let started): attempts.started.append("\(stage) \(started.number)")
            case .attemptEnded(let stage, let ended): attempts.used["\(stage) \(ended.number)"] = ended.used["cost"]
            default: break
            }
        }
        return attempts
    }

    static func start(
        _ store: Store, _ run: RunHead, _ stage: String, number: Int = 1, share: String, rest: String,
        at time: Timestamp
    ) throws {
        _ = try store.append(
            [.attemptStarted(stage: stage, JournalSamples.started(number))],
            booking: booking(rest: rest, share: share, of: stage, number: number), to: run.id, at: time)
    }

    static func end(
        _ store: Store, _ run: RunHead, _ stage: String, number: Int = 1, _ outcome: Outcome = .succeeded,
        used: String, rest: String, at time: Timestamp
    ) throws {
        var ended = JournalSamples.ended(number, outcome)
        ended.used = ["cost": amount(used)]
        _ = try store.append(
            [.attemptEnded(stage: stage, ended)], booking: booking(rest: rest), to: run.id, at: time)
    }
}
