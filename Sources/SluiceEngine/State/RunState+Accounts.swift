import SluiceModel
import SluicePlanning

/// What a run does while its accounts have no room.
package enum Patience: Sendable {
    /// Waits, and goes on by itself.
    case stays
    /// Lets go of its driver once nothing of it runs; a worker takes it up when there is room.
    case parks
    /// Ends.
    case none
}

/// Where a run stands with its accounts.
struct AccountsState: Sendable {
    /// Whether its rest is held, so that it may start.
    var isAdmitted = false
    /// Whether `plan.accounts` was read for what happens just now.
    var isFresh = false
    /// The same of the pool, and whether it is being looked at.
    var sawPool = false
    var asksPool = false
    /// When to look again though nothing happens.
    var nextLook: Timestamp?
    /// How often the accounts moved between a decision and its promise.
    var moves = 0
    /// What the record says that it waits for.
    var waitedFor: String?
    /// Who holds what it waits for, as the record says.
    var namedHolders: Set<RunID> = []
    /// What it stands in line with.
    var asks: [String: [BudgetResource: Amount]] = [:]
    /// It waits, and nobody has to drive it.
    var isParked = false
    /// Whether what was done before the run was interrupted makes it a degraded one.
    var wasDegraded = false
    /// How often an attempt was decided on and yet found no room, by stage.
    var rejections: [Int: Int] = [:]
}

extension RunState {
    /// Seconds between two looks at what others hold.
    static let lookInterval = 0.5

    /// How an explanation of a wait begins; a record says that it waits without it.
    private static let waits = "waits for "

    /// Moves between decision and promise after which it draws breath before it tries again.
    private static let patienceWithMoves = 5

    /// Whether it waits and nothing has to be done for it before there is room.
    package var isParked: Bool { accounts.isParked }

    /// Asks for its whole mandatory rest, as it was decided.
    mutating func ask(at now: Timestamp) {
        switch plan.decision.verdict {
        case .admit, .degrade:
            let booking = Booking(
                rest: rest(at: now), terms: .must(versions: versions),
                admission: Admission(
                    accounts: plan.accounts.map(\.account), makespan: plan.decision.objective?.makespan ?? 0))
            effects.add(.admit([.planned(RunEvent.Planned(plan))], booking))
        case .wait: hold(plan.decision, at: now)
        case .refuse:
            effects.record([.planned(RunEvent.Planned(plan))])
            halt = .refused(plan.decision.explanation.first ?? "refused by the gate")
            finish(.refused)
        }
    }

    mutating func admitted() {
        accounts.isAdmitted = true
        accounts.nextLook = nil
        accounts.waitedFor = nil
        goOn()
    }

    /// Accounts or pool as they are now: a run that is not admitted yet is decided anew on them.
    mutating func looked(_ standings: [AccountStanding]?, _ others: [PoolHold]?, at now: Timestamp) {
        if let others { sees(others) }
        guard let standings else { return }
        accounts.isFresh = true
        guard !accounts.isAdmitted else {
            plan.accounts = standings
            return
        }
        Planner.decideAgain(&plan, accounts: standings)
        if accounts.wasDegraded { plan.isDegraded = true }
        ready = ReadyQueue(plan.stages)
        accounts.moves += 1
        guard accounts.moves % Self.patienceWithMoves != 0 || !plan.decision.isAdmitted else {
            accounts.nextLook = now.advanced(bySeconds: Self.lookInterval)
            return
        }
        ask(at: now)
    }

    /// Time has passed for a run that is not admitted yet.
    mutating func lookAgain(at now: Timestamp) {
        guard outcome == nil, let look = accounts.nextLook, look <= now else { return }
        if halt?.isFinal == true { return }
        accounts.nextLook = nil
        effects.add(.look(plan.accounts.map(\.account)))
    }

    /// Waits for accounts, as the pipeline and whoever started the run want it.
    private mutating func hold(_ decision: GateDecision, at now: Timestamp) {
        let first = decision.explanation.first ?? "its accounts"
        let why = first.hasPrefix(Self.waits) ? String(first.dropFirst(Self.waits.count)) : first
        guard patience != .none else {
            if !accounts.isAdmitted { effects.record([.planned(RunEvent.Planned(plan))]) }
            halt = .refused(Halt.held + why)
            if !accounts.isAdmitted { finish(.refused) }
            return
        }
        standInLine(decision, why)
        accounts.isParked = patience == .parks && running.isEmpty
        if !accounts.isParked { accounts.nextLook = now.advanced(bySeconds: Self.lookInterval) }
    }

    /// The record is told only when it is another wait than before, or when somebody whom it names holds nothing any
    /// more, not whenever a number in it changes.
    private mutating func standInLine(_ decision: GateDecision, _ why: String) {
        let asks = asks(of: decision)
        let willPark = patience == .parks && running.isEmpty
        let holders = Set((decision.holders ?? []).map(\.run))
        let isNew = asks != accounts.asks || accounts.waitedFor == nil || !accounts.namedHolders.isSubset(of: holders)
        guard isNew || willPark else { return }
        var events: [RunEvent.Kind] = []
        if isNew, accounts.waitedFor != why {
            if !accounts.isAdmitted { events.append(.planned(RunEvent.Planned(plan))) }
            events.append(.waiting(reason: why, decision: accounts.isAdmitted ? decision : nil))
        }
        accounts.asks = asks
        accounts.waitedFor = why
        accounts.namedHolders = holders
        effects.add(.wait(asks: asks, isParked: willPark, events))
    }

    private func asks(of decision: GateDecision) -> [String: [BudgetResource: Amount]] {
        let shared = Set(plan.accounts.filter(\.account.window.isShared).map(\.account.name))
        var asks: [String: [BudgetResource: Amount]] = [:]
        for limit in decision.limits where shared.contains(limit.scope) {
            if let resource = BudgetResource(rawValue: limit.resource) {
                asks[limit.scope, default: [:]][resource] = limit.asked
            }
        }
        return asks
    }

    /// Whether what the gate did not admit may still be: it is looked at anew, or waited for.
    mutating func accountsMayHaveRoom(for decision: GateDecision, at now: Timestamp) -> Bool {
        guard plan.hasAccounts, halt?.isFinal != true else { return false }
        guard accounts.isFresh else {
            effects.add(.look(plan.accounts.map(\.account)))
            return true
        }
        guard decision.verdict == .wait, decision.holders != nil else { return false }
        hold(decision, at: now)
        return halt?.isFinal != true
    }

    /// The ledger knows better than the gate, which does not see every entry of the run's own: what it turned down
    /// again and again is not asked for without a pause.
    mutating func mustPause(_ index: Int, at now: Timestamp) -> Bool {
        guard accounts.rejections[index, default: 0] >= Self.patienceWithMoves else { return false }
        accounts.rejections[index] = 0
        accounts.nextLook = now.advanced(bySeconds: Self.lookInterval)
        return true
    }

    /// An attempt that was to start may not: everything is as it was before, and it is decided anew.
    mutating func notStarted(
        _ index: Int, _ standings: [AccountStanding]?, _ others: [PoolHold]?, at now: Timestamp
    ) {
        guard case .running(let attempt) = nodes[index].phase else { return }
        let stage = plan.stages[index]
        nodes[index].attempts -= 1
        nodes[index].isLost = attempt.before.wasLost
        nodes[index].failure = attempt.before.failure
        nodes[index].escalation = attempt.before.escalation
        plan.isDegraded = attempt.before.wasDegraded
        firstAttempt = running.count > 1 ? firstAttempt : attempt.before.firstAttempt
        free.giveBack(stage.profiles[attempt.profile].request)
        running[index] = nil
        runningInstances[stage.definition.name, default: 0] -= 1
        if let standings {
            plan.accounts = standings
            accounts.isFresh = true
            accounts.rejections[index, default: 0] += 1
        }
        if let others { crowded(by: others) }
        guard !attempt.isCancelled, halt?.stops(stage) != true else {
            return end(index, .skipped, reason: halt?.reason ?? "cancelled before it started")
        }
        nodes[index].phase = .ready
        ready.insert(index)
    }

    /// Other runs hold the pool. A busy pool is waited for; the record says so where nothing else of the run goes on.
    private mutating func crowded(by others: [PoolHold]) {
        sees(others)
        guard running.isEmpty, halt?.isFinal != true else { return }
        let runs = Set(others.map(\.run)).sorted().prefix(4).map { "run \($0)" }.joined(separator: ", ")
        let why = "the pool, held by \(runs)"
        if patience == .none {
            halt = .refused(Halt.held + why)
        } else if accounts.waitedFor != why {
            accounts.waitedFor = why
            effects.record([.waiting(reason: why)])
        }
    }

    /// What others hold of the pool is not free.
    private mutating func sees(_ others: [PoolHold]) {
        for hold in outside { free.giveBack(hold.request) }
        for hold in others { free.take(hold.request) }
        outside = others
        accounts.sawPool = true
    }

    /// Others hold what it needs: nobody tells when they give it back.
    mutating func lookAtPool(at now: Timestamp) {
        guard !outside.isEmpty else { return }
        if accounts.sawPool {
            accounts.nextLook = accounts.nextLook ?? now.advanced(bySeconds: Self.lookInterval / 2)
        } else if !accounts.asksPool {
            accounts.asksPool = true
            effects.add(.look([]))
        }
    }

    /// What the run holds of its accounts beside its running attempts.
    func rest(at now: Timestamp) -> [BudgetResource: Amount] {
        halt?.isFinal == true ? [:] : RunGate.rest(of: plan, progress: progress(at: now))
    }

    func share(
        of index: Int, _ number: Int, _ profile: Plan.PricedProfile, at now: Timestamp
    ) -> Booking? {
        guard plan.hasAccounts else { return nil }
        return Booking(
            rest: rest(at: now),
            attempt: .init(stage: plan.stages[index].name, number: number, amounts: profile.amounts),
            terms: .must(versions: versions))
    }

    private var versions: [String: Int64] {
        Dictionary(plan.accounts.map { ($0.account.name, $0.version) }) { first, _ in first }
    }
}

extension Plan {
    var hasAccounts: Bool { !accounts.isEmpty }
}
