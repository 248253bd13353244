package import SluiceModel

/// One line of `sluice run --events -`: `seq`, `time`, `type`, `run`, `stage`, `attempt`, and the type's fields.
package struct EventJSON: Encodable {
    private let event: RunEvent

    package init(_ event: RunEvent) { self.event = event }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("sluice.event/v1", forKey: .schema)
        try container.encode(event.sequence, forKey: .seq)
        try container.encode(event.time, forKey: .time)
        try container.encode(event.run, forKey: .run)
        try Fields(container: container).encode(event.kind)
    }

    fileprivate enum Key: String, CodingKey {
        case schema, seq, time, type, run, stage, attempt, decision, degraded, stages, diagnostics, reason, profile
        case executor, result, used, delay = "delay_s", check, outcome, cache, metrics, outputs, artifacts, message
    }
}

/// Writes the fields that belong to a kind of event.
private struct Fields {
    var container: KeyedEncodingContainer<EventJSON.Key>

    mutating func begin(_ type: String, stage: String? = nil, attempt: Int? = nil) throws {
        try container.encode(type, forKey: .type)
        try container.encodeIfPresent(stage, forKey: .stage)
        try container.encodeIfPresent(attempt, forKey: .attempt)
    }

    consuming func encode(_ kind: RunEvent.Kind) throws {
        switch kind {
        case .planned(let planned): try encode(planned)
        case .rejected(let diagnostics, let decision):
            try begin("rejected")
            try container.encode(diagnostics.map(DiagnosticJSON.init), forKey: .diagnostics)
            try container.encode(DecisionJSON(decision), forKey: .decision)
        case .waiting(let reason):
            try begin("waiting")
            try container.encode(reason, forKey: .reason)
        case .attemptStarted(let stage, let started):
            try begin("attempt_started", stage: stage, attempt: started.number)
            try container.encode(started.profile, forKey: .profile)
            try container.encode(started.executor, forKey: .executor)
            try container.encode(DecisionJSON(started.decision), forKey: .decision)
        case .attemptEnded(let stage, let ended):
            try begin("attempt_ended", stage: stage, attempt: ended.number)
            try container.encode(AttemptResultJSON(ended.result), forKey: .result)
            try container.encode(ended.used, forKey: .used)
        case .retryScheduled(let stage, let number, let delay, let reason):
            try begin("retry_scheduled", stage: stage, attempt: number)
            try container.encode(delay, forKey: .delay)
            try container.encode(reason, forKey: .reason)
        case .checkJudged(let stage, let check):
            try begin("check_judged", stage: stage)
            try container.encode(CheckJSON(check), forKey: .check)
        case .stageEnded(let stage, let end): try encode(end, of: stage)
        case .warning(let stage, let message):
            try begin("warning", stage: stage)
            try container.encode(message, forKey: .message)
        case .runEnded(let outcome, let reason):
            try begin("run_ended")
            try container.encode(outcome, forKey: .outcome)
            try container.encodeIfPresent(reason, forKey: .reason)
        }
    }

    private mutating func encode(_ planned: RunEvent.Planned) throws {
        try begin("planned")
        try container.encode(DecisionJSON(planned.decision), forKey: .decision)
        try container.encode(planned.isDegraded, forKey: .degraded)
        try container.encode(planned.stages.map(PlannedStageJSON.init), forKey: .stages)
    }

    private mutating func encode(_ end: RunEvent.StageEnd, of stage: String) throws {
        try begin("stage_ended", stage: stage)
        try container.encode(end.outcome, forKey: .outcome)
        try container.encodeIfPresent(end.reason, forKey: .reason)
        try container.encodeIfPresent(end.cache.map(CacheJSON.init), forKey: .cache)
        try container.encode(end.metrics, forKey: .metrics)
        try container.encode(end.outputValues, forKey: .outputs)
        try container.encode(end.artifacts.map(ArtifactJSON.init), forKey: .artifacts)
    }
}

/// A stage of the event `planned`.
private struct PlannedStageJSON: Encodable {
    private let name: String
    private let needs: [String]
    private let profile: OrNull<String>
    private let cache: CacheJSON
    private let estimate: OrNull<EstimateJSON>
    private let start: OrNull<Double>
    private let decision: OrNull<DecisionJSON>

    init(_ stage: RunEvent.Planned.Stage) {
        name = stage.name
        needs = stage.needs
        profile = OrNull(stage.profile)
        cache = CacheJSON(stage.cache)
        estimate = OrNull(stage.estimate.map(EstimateJSON.init))
        start = OrNull(stage.start)
        decision = OrNull(stage.decision.map(DecisionJSON.init))
    }

    private enum CodingKeys: String, CodingKey {
        case name, needs, profile, cache, estimate, decision
        case start = "start_s"
    }
}
