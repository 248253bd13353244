import SluiceModel
import Testing

@testable import SluiceEngine

@Suite("A run and its accounts")
struct AccountTests {
    private let now = Timestamp(milliseconds: 1_000_000)

    /// Every stage costs 1/60.
    private static func standing(used: String = "0", version: Int64 = 1) -> AccountStanding {
        let limit = BudgetLimit(resource: .cost, amount: Amount(1))
        return AccountStanding(
            account: Account(name: "team", window: .rolling(milliseconds: 60_000), limits: [limit]), version: version,
            time: Timestamp(milliseconds: 1_000_000),
            lines: [.init(limit: limit, used: Amount(decimal: used) ?? .zero)])
    }

    private func state(
        _ stages: [Plan.Stage], used: String = "0", _ patience: Patience = .stays, options: RunOptions = RunOptions()
    ) -> RunState {
        var plan = Sketch.plan(stages)
        plan.accounts = [Self.standing(used: used)]
        plan.undecided = stages
        if used != "0" { plan.decision = Self.waits }
        return RunState(plan: plan, options: options, patience: patience)
    }

    private static var waits: GateDecision {
        var decision = GateDecision(
            verdict: .wait,
            limits: [
                .init(
                    scope: "team", resource: "cost", limit: Amount(1), used: Amount(1), reserved: .zero,
                    asked: Amount(decimal: "0.5") ?? .zero, left: .zero)
            ], method: "sketch", explanation: ["waits for team.cost: 0.5 asked"])
        decision.holders = []
        return decision
    }

    private func booking(_ effects: [Effect]) -> Booking? {
        for case .admit(_, let booking) in effects { return booking }
        return nil
    }

    private func share(_ stages: Int) -> Amount {
        Amount(billionths: (Sketch.profile().use[.cost]?.billionths ?? 0) * Int128(stages))
    }

    private func orders(_ effects: [Effect]) -> [AttemptOrder] {
        effects.compactMap { if case .start(let order) = $0 { order } else { nil } }
    }

    @Test("asks for its whole rest on the versions that it saw, and starts nothing before it has it")
    func admission() throws {
        var run = state([Sketch.stage("a"), Sketch.stage("b", needs: ["a"]), Sketch.stage("c", needs: ["b"])])
        let asked = try #require(booking(run.apply(.begin, at: now)))
        #expect(asked.rest[.cost] == share(3))
        #expect(asked.rest[.wall] == Amount(180))
        #expect(asked.terms == .must(versions: ["team": 1]))
        #expect(asked.admission?.accounts.map(\.name) == ["team"])
        #expect(run.apply(.tick, at: now).isEmpty)
        let effects = run.apply(.admitted, at: now)
        let lookUps = effects.compactMap { if case .lookUp(let stage, _, _) = $0 { stage } else { nil } }
        #expect(lookUps == [0])
        let order = try #require(orders(run.apply(.lookedUp(stage: 0, nil), at: now)).first)
        #expect(order.booking?.attempt?.amounts[.cost] == share(1))
        #expect(order.booking?.rest[.cost] == share(2))
    }

    @Test("accounts that moved are decided on again, and a run without room waits and looks again")
    func moved() throws {
        var run = state([Sketch.stage("a")])
        _ = run.apply(.begin, at: now)
        let again = run.apply(.looked(accounts: [Self.standing(used: "0.5", version: 2)], pool: nil), at: now)
        #expect(booking(again)?.terms == .must(versions: ["team": 2]))
        let full = run.apply(.looked(accounts: [Self.standing(used: "1", version: 3)], pool: nil), at: now)
        guard case .wait(let asks, false, let events)? = full.first else {
            Issue.record("it waits: \(full)")
            return
        }
        #expect(asks["team"]?[.cost] == share(1))
        #expect(events.map(\.typeName) == [.planned, .waiting])
        let wake = try #require(run.nextWake)
        let look = run.apply(.tick, at: wake)
        guard case .look(let accounts)? = look.first else {
            Issue.record("it looks: \(look)")
            return
        }
        #expect(accounts.map(\.name) == ["team"])
        let same = run.apply(.looked(accounts: [Self.standing(used: "1", version: 3)], pool: nil), at: wake)
        #expect(same.isEmpty, "nothing new is said")
        let room = run.apply(.looked(accounts: [Self.standing(version: 4)], pool: nil), at: wake)
        #expect(booking(room) != nil)
    }

    @Test("who holds what is waited for is said anew when somebody who was named holds nothing any more, as one wait")
    func holders() throws {
        func standing(_ runs: [Int64], used: String, version: Int64) -> AccountStanding {
            var standing = Self.standing(used: used, version: version)
            standing.lines[0].holders = runs.map {
                .init(run: RunID($0), pipeline: "q", amount: Amount(decimal: "0.5") ?? .zero, ends: now)
            }
            return standing
        }
        var run = state([Sketch.stage("a")])
        var record = RunRecord(head: Sketch.head(), events: [])
        var time = now
        func look(_ runs: [Int64], used: String, version: Int64) -> [String] {
            time = time.advanced(bySeconds: 1)
            let effects = run.apply(
                .looked(accounts: [standing(runs, used: used, version: version)], pool: nil), at: time)
            guard case .wait(_, _, let events)? = effects.first else { return [] }
            for kind in events { record.apply(RunEvent(sequence: version, time: time, run: RunID(1), kind: kind)) }
            return events.compactMap { if case .waiting(let reason, _) = $0 { reason } else { nil } }
        }
        _ = run.apply(.begin, at: now)
        #expect(look([7, 8], used: "0", version: 2).count == 1)
        #expect(look([7, 8, 9], used: "0", version: 3).isEmpty)
        #expect(look([8, 9], used: "0.1", version: 4).count == 1)
        #expect(look([9], used: "0.6", version: 5).count == 1)
        #expect(look([], used: "1", version: 6).first?.contains("(1 used, 0 held)") == true)
        #expect(record.waits.count == 1 && record.waits.first?.since == now.advanced(bySeconds: 1))
        #expect(record.waits.first?.decision?.holders?.isEmpty == true)
        #expect(record.waitingFor?.contains("1 used") == true)
    }

    @Test("a run that is not to wait ends held; one that is put aside is let go of")
    func patience() {
        var impatient = state([Sketch.stage("a")], used: "1", .none)
        let effects = impatient.apply(.begin, at: now)
        #expect(impatient.end == .refused)
        guard case .record(let events, nil)? = effects.last, case .runEnded(_, let reason)? = events.last else {
            Issue.record("it ends: \(effects)")
            return
        }
        #expect(reason == "held: team.cost: 0.5 asked")
        var parked = state([Sketch.stage("a")], used: "1", .parks)
        guard case .wait(_, true, _)? = parked.apply(.begin, at: now).first else {
            Issue.record("it is parked")
            return
        }
        #expect(parked.isParked && parked.end == nil)
    }

    @Test("a run that waits can be cancelled")
    func cancelled() {
        var run = state([Sketch.stage("a"), Sketch.stage("b")], used: "1")
        _ = run.apply(.begin, at: now)
        _ = run.apply(.cancel(.user, killNow: false), at: now)
        #expect(run.end == .cancelled)
    }

    /// A run of stages that are admitted and looked up, with what starts at once.
    private func begun(_ stages: [Plan.Stage]) -> (RunState, [AttemptOrder]) {
        var run = state(stages)
        _ = run.apply(.begin, at: now)
        var effects = run.apply(.admitted, at: now)
        for case .lookUp(let stage, _, _) in effects { effects += run.apply(.lookedUp(stage: stage, nil), at: now) }
        return (run, orders(effects))
    }

    @Test("an attempt that finds no room is as if it had never been: same number, nothing held, decided anew")
    func notStarted() throws {
        var (run, started) = begun([Sketch.stage("a")])
        let order = try #require(started.first)
        let again = run.apply(.notStarted(stage: 0, accounts: [Self.standing(version: 5)], pool: nil), at: now)
        let second = try #require(orders(again).first)
        #expect(second.number == order.number && second.booking?.terms == .must(versions: ["team": 5]))
        let crowded = run.apply(
            .notStarted(
                stage: 0, accounts: nil,
                pool: [PoolHold(run: RunID(9), request: ResourceRequest(cpus: Amount(4), memory: 1))]),
            at: now)
        #expect(orders(crowded).isEmpty)
        guard case .record(let events, _)? = crowded.first else {
            Issue.record("it says what it waits for: \(crowded)")
            return
        }
        #expect(events == [.waiting(reason: "the pool, held by run 9")])
        let wake = try #require(run.nextWake)
        guard case .look? = run.apply(.tick, at: wake).first else {
            Issue.record("it looks at the pool")
            return
        }
        let free = run.apply(.looked(accounts: nil, pool: []), at: wake)
        #expect(orders(free).map(\.number) == [1])
    }

    @Test("a wait in the middle of a run is recorded with the gate's whole decision")
    func waitsInTheMiddle() throws {
        var (run, _) = begun([Sketch.stage("a")])
        let effects = run.apply(.notStarted(stage: 0, accounts: [Self.standing(used: "1")], pool: nil), at: now)
        guard case .wait(_, false, let events)? = effects.first, case .waiting(let why, let decision?)? = events.first
        else {
            Issue.record("it waits: \(effects)")
            return
        }
        #expect(events.count == 1 && decision.verdict == .wait && decision.limits.map(\.scope).contains("team"))
        #expect(decision.holders != nil && decision.explanation.first?.hasSuffix(why) == true)
    }

    @Test("what the ledger turns down again and again is not asked for without a pause")
    func pauses() throws {
        var (run, started) = begun([Sketch.stage("a")])
        var tries = 0
        while !started.isEmpty {
            tries += 1
            try #require(tries < 50)
            started = orders(run.apply(.notStarted(stage: 0, accounts: [Self.standing()], pool: nil), at: now))
        }
        let wake = try #require(run.nextWake)
        #expect(wake > now)
        #expect(!orders(run.apply(.tick, at: wake)).isEmpty)
    }

    @Test("the end of an attempt books what the rest still needs: the share of a retry, nothing of what is skipped")
    func rest() throws {
        let stages = [
            Sketch.stage("a").retrying(1), Sketch.stage("b", needs: ["a"]), Sketch.stage("c", needs: ["b"]),
        ]
        func end(_ run: inout RunState, _ error: ErrorClass, number: Int = 1) -> Booking? {
            let result = AttemptResult(
                outcome: .failed, error: AttemptError(errorClass: error, code: "x", message: "it broke"))
            let effects = run.apply(.attemptEnded(stage: 0, AttemptReport(number: number, result: result)), at: now)
            for case .record(_, let booking) in effects { return booking }
            return nil
        }
        var (retried, _) = begun(stages)
        #expect(end(&retried, .transient)?.rest[.cost] == share(3))
        #expect(retried.end == nil)
        var (kept, _) = begun([stages[0], Sketch.stage("d")])
        // Another stage still runs, so the run goes on, and b would not be started any more.
        #expect(end(&kept, .user)?.rest == [:])
    }
}
