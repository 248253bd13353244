import SluiceModel
import SluiceTesting
import Testing

@testable import SluiceStore

/// Runs over several connections in any order, which die between any two transactions, under a clock that also goes
/// back: against a model that is a list of what was promised and used.
@Suite("the ledger under every order of things")
struct LedgerPropertyTests {
    @Test("balances are those of the model, and nobody is promised what is not there", arguments: 0..<6)
    func interleavings(round: Int) throws {
        let seed = UInt64(round) &* 0x9E37 &+ UInt64.random(in: 0...1_000_000)
        print("ledger property seed \(seed)")
        var world = try LedgerWorld(seed: seed)
        for step in 0..<220 {
            try world.step()
            try world.check("seed \(seed), step \(step)")
        }
        try world.endAll()
        try world.check("seed \(seed), at the end")
        #expect(try world.stores[0].openReservations().isEmpty, "seed \(seed)")
        #expect(world.admitted > 0 && world.refused > 0, "seed \(seed): both happen")
    }
}

/// Amounts are whole cents, so that the model can count.
private struct LedgerWorld {
    /// Each a connection of its own, as processes have.
    let stores: [Store]
    private let sandbox: StateSandbox
    private var random: SplitMix
    private var clock = StateSandbox.time
    private var runs: [Run] = []
    private let limit: Int64 = 1000
    private(set) var admitted = 0
    private(set) var refused = 0
    /// What was used, when by the ledger's rule, and by whom.
    private var used: [(time: Int64, cents: Int64)] = []
    private var lastEntry: Int64 = 0
    /// Attempts that used more than was promised to them: only these may make a balance negative.
    private var overrun: Int64 = 0

    private let accounts = [
        LedgerSamples.account("week", .rolling(milliseconds: 7 * LedgerSamples.day), ["cost": "10"]),
        LedgerSamples.account("month", .month, ["cost": "10"]),
    ]

    private struct Run {
        var head: RunHead
        var lock: HeldLock?
        var phase = Phase.begun
        var seen: [AccountStanding] = []
        var asked: Int64 = 0
        /// Cents held for what has not started.
        var rest: Int64 = 0
        /// By stage.
        var attempts: [Int: Int64] = [:]
        var nextStage = 0

        var held: Int64 { rest + attempts.values.reduce(0, +) }
    }

    private enum Phase { case begun, decided, running, dead, ended }

    init(seed: UInt64) throws {
        let sandbox = try StateSandbox()
        self.sandbox = sandbox
        stores = try (0..<3).map { _ in try Store.open(sandbox.folder) }
        random = SplitMix(seed: seed)
    }

    private var store: Store {
        mutating get { stores[Int.random(in: 0..<stores.count, using: &random)] }
    }

    mutating func step() throws {
        let days = Int.random(in: 0..<12, using: &random)
        // Now and then some days pass; now and then the clock is set back by hours, over the end of a month too.
        let hours: Int64 =
            days == 0
            ? Int64.random(in: 0...72, using: &random) : days == 1 ? -Int64.random(in: 0...30, using: &random) : 0
        clock = Timestamp(milliseconds: clock.milliseconds + hours * 3_600_000)
        let living = runs.indices.filter { runs[$0].phase != .ended }
        guard living.count > 1, let index = living.randomElement(using: &random),
            Int.random(in: 0..<6, using: &random) > 0
        else { return try begin() }
        switch runs[index].phase {
        case .begun: try decide(index)
        case .decided: try commit(index)
        case .running: try goOn(index)
        case .dead: try recover(index)
        case .ended: break
        }
    }

    private mutating func begin() throws {
        let head = try store.begin(try StateSandbox.newRun(), at: clock).head
        runs.append(Run(head: head, lock: try RunLock.tryHold(head.id, in: sandbox.folder)))
    }

    private mutating func decide(_ index: Int) throws {
        runs[index].asked = Int64.random(in: 1...500, using: &random)
        runs[index].seen = try store.standings(of: accounts, without: runs[index].head.id, at: clock)
        runs[index].phase = .decided
    }

    private mutating func commit(_ index: Int) throws {
        let run = runs[index]
        let now = try stores[0].standings(of: accounts, without: run.head.id, at: clock)
        let isFresh = zip(run.seen, now).allSatisfy { $0.version == $1.version }
        let fits = accounts.indices.allSatisfy { left(accounts[$0]) >= run.asked }
        let events = try LedgerSamples.admit(
            store, run.head, accounts, rest: LedgerSamples.money(run.asked), on: run.seen, at: clock)
        #expect((events != nil) == (isFresh && fits), "a promise is made exactly when it may be")
        if events != nil {
            runs[index].phase = .running
            runs[index].rest = run.asked
            noteEntry()
            admitted += 1
        } else {
            runs[index].phase = .begun
            refused += 1
        }
    }

    private mutating func goOn(_ index: Int) throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            // It dies: between this write and the next.
            runs[index].lock = nil
            runs[index].phase = .dead
        case 1: try finish(index)
        case 2: try skip(index)
        case 3..<7 where runs[index].rest > 0: try start(index)
        default: try end(index)
        }
    }

    private mutating func start(_ index: Int) throws {
        let share = Int64.random(in: 1...runs[index].rest, using: &random)
        let stage = runs[index].nextStage
        runs[index].nextStage += 1
        runs[index].rest -= share
        runs[index].attempts[stage] = share
        try LedgerSamples.start(
            store, runs[index].head, "s\(stage)", share: LedgerSamples.money(share),
            rest: LedgerSamples.money(runs[index].rest),
            at: clock)
        noteEntry()
    }

    private mutating func end(_ index: Int) throws {
        guard let (stage, share) = runs[index].attempts.randomElement(using: &random) else { return try skip(index) }
        let isOverrun = Int.random(in: 0..<8, using: &random) == 0
        let used =
            isOverrun ? share + Int64.random(in: 1...50, using: &random) : Int64.random(in: 0...share, using: &random)
        runs[index].attempts[stage] = nil
        try LedgerSamples.end(
            store, runs[index].head, "s\(stage)", used: LedgerSamples.money(used),
            rest: LedgerSamples.money(runs[index].rest), at: clock)
        noteUse(used)
        overrun += max(0, used - share)
    }

    private mutating func skip(_ index: Int) throws {
        guard runs[index].rest > 0 else { return }
        runs[index].rest = Int64.random(in: 0..<runs[index].rest, using: &random)
        _ = try store.append(
            [.warning(stage: nil, message: "skipped")],
            booking: LedgerSamples.booking(rest: LedgerSamples.money(runs[index].rest)), to: runs[index].head.id,
            at: clock)
        noteEntry()
    }

    private mutating func finish(_ index: Int) throws {
        // What still runs is lost: its end was not seen.
        let attempts = runs[index].attempts.sorted { $0.key < $1.key }
        let events = attempts.map {
            RunEvent.Kind.attemptEnded(stage: "s\($0.key)", JournalSamples.ended(1, .lost))
        }
        let held = runs[index].held
        _ = try store.append(
            events + [.runEnded(outcome: .failed, reason: nil)], to: runs[index].head.id, at: clock)
        if held > 0 { noteEntry() }
        for attempt in attempts { noteUse(attempt.value) }
        runs[index].rest = 0
        runs[index].attempts = [:]
        runs[index].phase = .ended
        runs[index].lock = nil
    }

    /// Somebody finds it dead, or a worker ends it.
    private mutating func recover(_ index: Int) throws {
        guard Bool.random(using: &random) else { return try finish(index) }
        let held = runs[index].held
        let dead = runs.indices.filter { runs[$0].phase == .dead && runs[$0].held > 0 }
        let found = try store.releaseDead(at: clock)
        #expect(Set(found) == Set(dead.map { runs[$0].head.id }))
        for index in dead {
            noteEntry()
            for attempt in runs[index].attempts.values { noteUse(attempt) }
            runs[index].rest = 0
            runs[index].attempts = [:]
        }
        if held == 0 { try finish(index) }
    }

    mutating func endAll() throws {
        for index in runs.indices where runs[index].phase != .ended { try finish(index) }
    }

    /// The rule of the ledger's time.
    private mutating func noteEntry() { lastEntry = max(lastEntry, clock.milliseconds) }

    private mutating func noteUse(_ cents: Int64) {
        noteEntry()
        used.append((lastEntry, cents))
    }

    private func used(in account: Account) -> Int64 {
        let now = Timestamp(milliseconds: max(lastEntry, clock.milliseconds))
        guard let start = account.window.start(at: now) else { return 0 }
        return used.filter { $0.time >= start.milliseconds }.reduce(0) { $0 + $1.cents }
    }

    private func left(_ account: Account) -> Int64 {
        limit - used(in: account) - runs.reduce(0) { $0 + $1.held }
    }

    mutating func check(_ place: String) throws {
        let standings = try store.standings(of: accounts, without: nil, at: clock)
        for (account, standing) in zip(accounts, standings) {
            let line = standing.lines[0]
            #expect(
                line.used == LedgerSamples.amount(LedgerSamples.money(used(in: account))), "\(place), \(account.name)")
            let held = runs.reduce(0) { $0 + $1.held }
            #expect(line.reserved == LedgerSamples.amount(LedgerSamples.money(held)), "\(place), \(account.name)")
            #expect(line.left.billionths >= -Int128(overrun) * Amount.unit / 100, "\(place): over the limit")
        }
        let holding = Set(runs.filter { $0.held > 0 }.map(\.head.id))
        #expect(try Set(store.openReservations().keys) == holding, "\(place)")
    }
}
