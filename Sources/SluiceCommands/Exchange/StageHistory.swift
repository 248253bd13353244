import SluiceEngine
import SluiceModel
import SluicePlanning
import SluiceStore

/// What an exchange knows of a stage and of everything that it needs, as a record that a driver goes on from.
struct StageHistory {
    /// The stage, and before it what it needs. What has ended is there already, and costs nothing.
    let plan: Plan
    private let stage: String
    /// Of the needed stages that have been run.
    private let events: [RunEvent]
    /// Of every needed stage.
    private let ends: [String: RunEvent.StageEnd]
    /// Of the stage itself, since it last ended.
    private let own: [RunEvent]
    /// It has ended well: it is not run again.
    let endedWell: Bool

    init(of stage: String, in whole: Plan, from exchange: Exchange) throws {
        guard let planned = whole.stage(named: stage) else {
            let names = whole.stages.map(\.name)
            throw CommandFailure(
                .invalid, "there is no stage `\(stage)` in \(whole.pipeline.name)",
                hint: "there is " + names.prefix(12).joined(separator: ", "))
        }
        let all = try exchange.events(of: stage)
        let lastEnd = all.lastIndex { $0.kind.end != nil }
        endedWell = lastEnd.map { all[$0].kind.end?.isSettled ?? false } ?? false
        own = Array(all[(lastEnd.map { $0 + 1 } ?? 0)...])
        self.stage = stage
        var plan = whole
        plan.stages = whole.needed(by: stage)
        var ends = NeededEnds(reader: planned)
        var events: [RunEvent] = []
        for index in plan.stages.indices where plan.stages[index].name != stage {
            let known = try exchange.events(of: plan.stages[index].name)
            let last = known.lastEnded
            events += last
            let end = try ends.add(plan.stages[index], last.last?.kind.end, in: plan)
            plan.stages[index].settle(end)
        }
        self.plan = plan
        self.events = events
        self.ends = ends.all
    }

    /// As if one run had done it all.
    func record(_ head: RunHead) -> RunRecord {
        var record = RunRecord(head: head)
        let time = head.queued
        func tell(_ kind: RunEvent.Kind) { record.apply(RunEvent(sequence: 0, time: time, run: head.id, kind: kind)) }
        tell(.planned(RunEvent.Planned(plan)))
        for event in events { record.apply(event) }
        for (name, end) in ends where record.stage(named: name)?.end == nil { tell(.stageEnded(stage: name, end)) }
        for event in own { record.apply(event) }
        // Nobody saw the end of an attempt whose process is gone: whoever holds the stage now knows that it is.
        for stage in record.stages {
            for attempt in stage.attempts where attempt.ended == nil {
                tell(.attemptEnded(stage: stage.name, .lost(number: attempt.started.number)))
            }
        }
        return record
    }

    /// For the journal of the run that carries out this stage alone.
    var knownEvents: [RunEvent.Kind] {
        [.planned(RunEvent.Planned(plan))]
            + plan.stages.compactMap { known in ends[known.name].map { .stageEnded(stage: known.name, $0) } }
    }
}

/// How needed stages ended, also those that left nothing behind.
private struct NeededEnds {
    let reader: Plan.Stage
    private(set) var all: [String: RunEvent.StageEnd] = [:]

    init(reader: Plan.Stage) { self.reader = reader }

    /// A stage that the engine never started, because of a condition or of a stage before it, is skipped. One that
    /// should have left a result is lost, which only a stage that runs `after: any` can do without.
    mutating func add(
        _ stage: Plan.Stage, _ found: RunEvent.StageEnd?, in plan: Plan
    ) throws(CommandFailure) -> RunEvent.StageEnd {
        let end = if let found { found } else { try missing(stage, in: plan) }
        all[stage.name] = end
        return end
    }

    private func missing(_ stage: Plan.Stage, in plan: Plan) throws(CommandFailure) -> RunEvent.StageEnd {
        if let blocker = stage.needs.first(where: { all[$0].map { !$0.outcome.isGood } ?? false }) {
            return RunEvent.StageEnd(outcome: .skipped, reason: "upstream: \(blocker) did not end well")
        }
        if Conditions.evaluate(stage, in: plan, results: all) == false {
            return RunEvent.StageEnd(outcome: .skipped, reason: "its condition does not hold")
        }
        guard reader.definition.after == .any else {
            throw CommandFailure(
                .storage, "\(stage.name), which \(reader.name) needs, has left no result in the exchange",
                hint: "run it before, with the same --exchange")
        }
        return RunEvent.StageEnd(outcome: .lost, reason: "it left no result in the exchange")
    }
}

extension Plan {
    /// A stage and all that it needs, directly or through others, in the plan's order.
    fileprivate func needed(by name: String) -> [Stage] {
        var wanted: Set<String> = [name]
        // Every stage comes after what it needs.
        for stage in stages.reversed() where wanted.contains(stage.name) { wanted.formUnion(stage.needs) }
        return stages.filter { wanted.contains($0.name) }
    }
}

extension Plan.Stage {
    /// It has ended: nothing of it is to be done or paid again.
    fileprivate mutating func settle(_ end: RunEvent.StageEnd) {
        chosen = nil
        start = nil
        guard end.outcome.isGood else {
            condition = .fails
            cache = CacheState(state: .off, reason: end.reason)
            return
        }
        condition = .holds
        let key = end.cache?.key ?? Digest(bytes: [UInt8](repeating: 0, count: 32))
        let entry = CacheEntry(
            key: key, run: RunID(0), stage: name, created: Timestamp(milliseconds: 0), trusted: true, parts: [],
            metrics: end.metrics, outputValues: end.outputValues, artifacts: end.artifacts, isDegraded: false)
        cache = CacheState(state: .hit, reason: "it is in the exchange", entry: entry, key: key)
    }
}

extension [RunEvent] {
    /// What led to the last end of a stage, that end included; empty where it has none. An engine may have been told to
    /// run a stage anew that had failed for good.
    fileprivate var lastEnded: ArraySlice<RunEvent> {
        guard let last = lastIndex(where: { $0.kind.end != nil }) else { return [] }
        let earlier = self[..<last].lastIndex { $0.kind.end != nil }
        return self[(earlier.map { $0 + 1 } ?? 0)...last]
    }
}

extension RunEvent.Kind {
    /// How a stage ended, where that is what happened.
    var end: RunEvent.StageEnd? {
        guard case .stageEnded(_, let end) = self else { return nil }
        return end
    }
}

extension RunEvent.StageEnd {
    /// Nothing is to be done about it any more.
    var isSettled: Bool { outcome.isGood || outcome == .skipped }
}
