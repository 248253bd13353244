import SluiceModel
import SluiceTesting

@testable import SluiceEngine

/// Plays the world for a `RunState`: answers look-ups and environments at once, keeps the journal, and lets a test
/// end attempts as it likes. Every effect passes its checks of what must always hold.
struct Drill {
    private(set) var state: RunState
    private(set) var now = Timestamp(milliseconds: 1_000_000)
    private(set) var events: [RunEvent] = []
    /// Attempts at work, by stage.
    private(set) var running: [String: AttemptOrder] = [:]
    /// Stages in the order of their attempts.
    private(set) var started: [String] = []
    private(set) var cancelled: [String] = []
    private(set) var killed: [String] = []
    /// Why attempts were last asked to stop.
    private(set) var reasons: [String: CancelReason] = [:]
    private(set) var completions: [StageCompletion] = []
    private(set) var lookUps = 0
    private(set) var environmentsAsked = 0
    /// What went against the rules.
    private(set) var violations: [String] = []
    var cache: [Digest: CacheEntry] = [:]
    var deploys: [String: CacheEntry] = [:]
    var environment: Result<ProvidedEnvironment, PluginError>? = .success(
        ProvidedEnvironment(folder: "/env", lock: "lock", buildSeconds: 2.04))
    /// Whether look-ups wait for `answerLookUps`.
    var holdsLookUps = false
    private var heldLookUps: [(Int, Digest, ResultLookup.Query)] = []
    private var askedEnvironments: [Int] = []

    init(_ plan: Plan, options: RunOptions = RunOptions()) {
        state = RunState(plan: plan, options: options)
    }

    /// Goes on with the events of a run whose runner died. `isLost`: its attempts were called lost already, as the
    /// driver does before it asks the reducer.
    init(_ plan: Plan, options: RunOptions = RunOptions(), resuming earlier: Drill, isLost: Bool = true) {
        now = earlier.now
        events = earlier.events
        let open = RunRecord(head: Sketch.head(), events: events).stages.compactMap { stage in
            stage.open.map { (stage.name, $0.started.number) }
        }
        state = RunState(
            plan: plan, options: options, resuming: RunRecord(head: Sketch.head(), events: events))
        guard isLost else { return }
        write(
            open.map { stage, number in
                .attemptEnded(
                    stage: stage, RunEvent.Ended(number: number, result: AttemptResult(outcome: .lost), used: [:]))
            })
        state = RunState(plan: plan, options: options, resuming: record)
    }

    /// A run that has begun.
    static func of(_ stages: [Plan.Stage], cpus: Int64 = 4, options: RunOptions = RunOptions()) -> Drill {
        var drill = Drill(Sketch.plan(stages, cpus: cpus), options: options)
        drill.send(.begin)
        return drill
    }

    mutating func send(_ happening: Happening) {
        var queue = [happening]
        while !queue.isEmpty {
            for effect in state.apply(queue.removeFirst(), at: now) { carryOut(effect, &queue) }
        }
        checkCapacity()
    }

    /// Ends an attempt of a stage; its declared outputs are made of `content`.
    mutating func end(
        _ stage: String, _ outcome: Outcome = .succeeded, error: ErrorClass? = nil, metrics: [String: Double] = [:],
        content: String? = nil, wall: Double = 60, change: (inout AttemptResult) -> Void = { _ in }
    ) {
        guard let order = running.removeValue(forKey: stage) else {
            violations.append("\(stage) ends but does not run")
            return
        }
        var result = AttemptResult(
            outcome: outcome, error: error.map { AttemptError(errorClass: $0, code: "x", message: "it broke") },
            metrics: metrics, usage: Usage(wall: wall, cpu: wall, memoryPeak: 1 << 30))
        change(&result)
        let artifacts = order.definition.outputs.map {
            Sketch.artifact($0.name, content ?? "\(order.binding.key) \($0.name)")
        }
        send(
            .attemptEnded(
                stage: order.stage,
                AttemptReport(number: order.number, result: result, artifacts: outcome == .succeeded ? artifacts : [])))
    }

    mutating func pass(seconds: Double) {
        now = now.advanced(bySeconds: seconds)
        send(.tick)
    }

    mutating func cancel(_ reason: CancelReason = .user, killNow: Bool = false) {
        send(.cancel(reason, killNow: killNow))
    }

    mutating func answerEnvironments(_ result: Result<ProvidedEnvironment, PluginError>) {
        let asked = askedEnvironments
        askedEnvironments = []
        for stage in asked { send(.environmentProvided(stage: stage, result)) }
    }

    mutating func answerLookUps() {
        let held = heldLookUps
        heldLookUps = []
        for (stage, key, query) in held { send(.lookedUp(stage: stage, answer(key, query))) }
    }

    func withoutLastEvent() -> Drill {
        var copy = self
        copy.events.removeLast()
        return copy
    }

    var record: RunRecord { RunRecord(head: Sketch.head(), events: events) }
    var outcome: RunOutcome? { state.end }
    var atWork: [String] { running.keys.sorted() }

    func end(of stage: String) -> RunEvent.StageEnd? { record.stage(named: stage)?.end }
    func reason(of stage: String) -> String? { end(of: stage)?.reason }

    /// Outcome by stage, of those that have ended.
    var ends: [String: Outcome] {
        Dictionary(
            uniqueKeysWithValues: record.stages.compactMap { stage in stage.end.map { (stage.name, $0.outcome) } })
    }

    private mutating func carryOut(_ effect: Effect, _ queue: inout [Happening]) {
        switch effect {
        case .record(let kinds, _): write(kinds)
        case .admit(let kinds, _):
            write(kinds)
            queue.append(.admitted)
        case .wait(_, _, let kinds): write(kinds)
        case .look: queue.append(.looked(accounts: state.plan.accounts, pool: []))
        case .complete(let completion, let kinds, _):
            write(kinds)
            completions.append(completion)
            if completion.isCacheable { cache[completion.entry.key] = completion.entry }
            if completion.isDeploy { deploys[completion.entry.stage] = completion.entry }
        case .lookUp(let stage, let key, let query):
            lookUps += 1
            if holdsLookUps {
                heldLookUps.append((stage, key, query))
            } else {
                queue.append(.lookedUp(stage: stage, answer(key, query)))
            }
        case .provideEnvironment(let stage, _):
            environmentsAsked += 1
            if let environment {
                queue.append(.environmentProvided(stage: stage, environment))
            } else {
                askedEnvironments.append(stage)
            }
        case .start(let order): start(order)
        case .cancelAttempt(let stage, let reason, let killNow):
            let name = state.plan.stages[stage].name
            if running[name] == nil { violations.append("\(name) is cancelled but does not run") }
            reasons[name] = reason
            if killNow { killed.append(name) } else { cancelled.append(name) }
        }
    }

    private func answer(_ key: Digest, _ query: ResultLookup.Query) -> CacheEntry? {
        if query.isDeploy { return deploys[query.stage].flatMap { $0.key == key ? $0 : nil } }
        return query.policy == .off ? nil : cache[key]
    }

    private mutating func start(_ order: AttemptOrder) {
        let name = order.definition.name
        let ended = Set(record.stages.filter { $0.end != nil }.map(\.name))
        if !ended.isSuperset(of: order.definition.needs) { violations.append("\(name) starts before its needs") }
        if running[name] != nil { violations.append("\(name) runs twice at once") }
        if ended.contains(name) { violations.append("\(name) starts after its end") }
        running[name] = order
        started.append(name)
        write([
            .attemptStarted(
                stage: name,
                RunEvent.Started(
                    number: order.number, profile: order.profile.profile.name, executor: order.profile.request.executor,
                    decision: order.decision, folder: name, granted: order.profile.request))
        ])
    }

    private mutating func write(_ kinds: [RunEvent.Kind]) {
        if let last = events.last?.kind, case .runEnded = last { violations.append("something happens after the end") }
        for kind in kinds {
            if case .stageEnded(let stage, _) = kind, end(of: stage) != nil { violations.append("\(stage) ends twice") }
            events.append(RunEvent(sequence: Int64(events.count + 1), time: now, run: RunID(1), kind: kind))
        }
    }

    private mutating func checkCapacity() {
        let asked = running.values.reduce(Amount.zero) { $0 + $1.profile.request.cpus }
        if asked > state.plan.pool.cpus { violations.append("\(asked) cpus are at work") }
        if outcome != nil, !running.isEmpty { violations.append("the run ended before \(atWork)") }
    }
}
