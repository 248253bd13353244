/// The fields of the kinds, flat beside `seq` and `time`. Durations are seconds, cache entries are left out.
extension RunEvent.Kind {
    private enum Field: String, CodingKey {
        case stage, attempt, decision, degraded, stages, diagnostics, reason, message, outcome
        case profile, executor, folder, granted, used, metrics, outputs, artifacts, cache
        case metric, value, limit, baseline, verdict, severity, fatal
        case plugin, estimate, order
        case delay = "delay_s"
        case dataBytes = "data_bytes"
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Field.self)
        try fields.encodeIfPresent(stage, forKey: .stage)
        try fields.encodeIfPresent(attempt, forKey: .attempt)
        switch self {
        case .planned(let planned):
            try fields.encode(planned.decision, forKey: .decision)
            try fields.encode(planned.isDegraded, forKey: .degraded)
            try fields.encode(planned.stages.map(PlannedStageFields.init), forKey: .stages)
        case .rejected(let diagnostics, let decision):
            try fields.encode(diagnostics, forKey: .diagnostics)
            try fields.encode(decision, forKey: .decision)
        case .waiting(let reason, let decision):
            try fields.encode(reason, forKey: .reason)
            try fields.encodeIfPresent(decision, forKey: .decision)
        case .attemptStarted(_, let started): try Self.encode(started, into: &fields)
        case .attemptQueued(_, _, let reason): try fields.encode(reason, forKey: .reason)
        case .attemptBegan: break
        case .attemptEnded(_, let ended):
            try fields.encode(ended.used, forKey: .used)
            try AttemptResultFields(ended.result).encode(to: encoder)
        case .retryScheduled(_, _, let delay, let reason):
            try fields.encode(delay, forKey: .delay)
            try fields.encode(reason, forKey: .reason)
        case .futile(_, let reason): try fields.encode(reason, forKey: .reason)
        case .replanned(let reason, let order):
            try fields.encode(reason, forKey: .reason)
            try fields.encode(order, forKey: .order)
        case .checkJudged(_, let result): try Self.encode(result, into: &fields)
        case .stageEnded(_, let end): try Self.encode(end, into: &fields)
        case .warning(_, let message): try fields.encode(message, forKey: .message)
        case .runEnded(let outcome, let reason):
            try fields.encode(outcome, forKey: .outcome)
            try fields.encodeIfPresent(reason, forKey: .reason)
        }
    }

    /// Reads the fields of one kind. Only `RunEvent` calls it, which has read the type.
    init(from decoder: any Decoder, type: RunEvent.TypeName) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        switch type {
        case .planned: self = .planned(try Self.planned(fields))
        case .rejected:
            self = .rejected(
                diagnostics: try fields.decode([Diagnostic].self, forKey: .diagnostics),
                decision: try fields.decode(GateDecision.self, forKey: .decision))
        case .waiting:
            self = .waiting(
                reason: try fields.decode(String.self, forKey: .reason),
                decision: try fields.decodeIfPresent(GateDecision.self, forKey: .decision))
        case .replanned:
            self = .replanned(
                reason: try fields.decode(String.self, forKey: .reason),
                order: try fields.decode([String].self, forKey: .order))
        case .warning:
            self = .warning(
                stage: try fields.decodeIfPresent(String.self, forKey: .stage),
                message: try fields.decode(String.self, forKey: .message))
        case .runEnded:
            self = .runEnded(
                outcome: try fields.decode(RunOutcome.self, forKey: .outcome),
                reason: try fields.decodeIfPresent(String.self, forKey: .reason))
        case .attemptStarted, .attemptQueued, .attemptBegan, .attemptEnded, .retryScheduled, .futile, .checkJudged,
            .stageEnded:
            let stage = try fields.decode(String.self, forKey: .stage)
            self = try Self.ofStage(stage, type, fields, decoder)
        }
    }

    private static func ofStage(
        _ stage: String, _ type: RunEvent.TypeName, _ fields: KeyedDecodingContainer<Field>, _ decoder: any Decoder
    ) throws -> Self {
        switch type {
        case .attemptStarted: .attemptStarted(stage: stage, try started(fields))
        case .attemptQueued:
            .attemptQueued(
                stage: stage, number: try fields.decode(Int.self, forKey: .attempt),
                reason: try fields.decode(String.self, forKey: .reason))
        case .attemptBegan: .attemptBegan(stage: stage, number: try fields.decode(Int.self, forKey: .attempt))
        case .checkJudged: .checkJudged(stage: stage, try checkResult(fields))
        case .stageEnded: .stageEnded(stage: stage, try stageEnd(fields))
        case .futile: .futile(stage: stage, reason: try fields.decode(String.self, forKey: .reason))
        case .retryScheduled:
            .retryScheduled(
                stage: stage, number: try fields.decode(Int.self, forKey: .attempt),
                delay: try fields.decode(Double.self, forKey: .delay),
                reason: try fields.decode(String.self, forKey: .reason))
        default:
            .attemptEnded(
                stage: stage,
                RunEvent.Ended(
                    number: try fields.decode(Int.self, forKey: .attempt),
                    result: try AttemptResultFields(from: decoder).result,
                    used: try fields.decode([String: Amount].self, forKey: .used)))
        }
    }

    private static func planned(_ fields: KeyedDecodingContainer<Field>) throws -> RunEvent.Planned {
        RunEvent.Planned(
            decision: try fields.decode(GateDecision.self, forKey: .decision),
            isDegraded: try fields.decode(Bool.self, forKey: .degraded),
            stages: try fields.decode([PlannedStageFields].self, forKey: .stages).map(\.stage))
    }

    private static func encode(_ started: RunEvent.Started, into fields: inout KeyedEncodingContainer<Field>) throws {
        try fields.encode(started.profile, forKey: .profile)
        try fields.encode(started.executor, forKey: .executor)
        try fields.encode(started.decision, forKey: .decision)
        try fields.encode(started.folder, forKey: .folder)
        if started.isDegraded { try fields.encode(true, forKey: .degraded) }
        try fields.encodeIfPresent(started.granted, forKey: .granted)
        try fields.encodeIfPresent(started.plugin, forKey: .plugin)
        try fields.encodeIfPresent(started.estimate.map(EstimateFields.init), forKey: .estimate)
        try fields.encodeIfPresent(started.dataBytes, forKey: .dataBytes)
    }

    private static func started(_ fields: KeyedDecodingContainer<Field>) throws -> RunEvent.Started {
        RunEvent.Started(
            number: try fields.decode(Int.self, forKey: .attempt),
            profile: try fields.decode(String.self, forKey: .profile),
            executor: try fields.decode(String.self, forKey: .executor),
            decision: try fields.decode(GateDecision.self, forKey: .decision),
            folder: try fields.decode(String.self, forKey: .folder),
            granted: try fields.decodeIfPresent(ResourceRequest.self, forKey: .granted),
            plugin: try fields.decodeIfPresent(String.self, forKey: .plugin),
            estimate: try fields.decodeIfPresent(EstimateFields.self, forKey: .estimate)?.estimate,
            dataBytes: try fields.decodeIfPresent(Int64.self, forKey: .dataBytes),
            isDegraded: try fields.decodeIfPresent(Bool.self, forKey: .degraded) ?? false)
    }

    private static func encode(_ check: CheckResult, into fields: inout KeyedEncodingContainer<Field>) throws {
        try fields.encode(check.metric, forKey: .metric)
        try fields.encodeIfPresent(check.value, forKey: .value)
        try fields.encode(check.limit, forKey: .limit)
        try fields.encodeIfPresent(check.baseline, forKey: .baseline)
        try fields.encode(check.verdict, forKey: .verdict)
        try fields.encode(check.severity, forKey: .severity)
        try fields.encode(check.isFatal, forKey: .fatal)
    }

    private static func checkResult(_ fields: KeyedDecodingContainer<Field>) throws -> CheckResult {
        CheckResult(
            metric: try fields.decode(String.self, forKey: .metric),
            value: try fields.decodeIfPresent(Double.self, forKey: .value),
            limit: try fields.decode(String.self, forKey: .limit),
            baseline: try fields.decodeIfPresent(Double.self, forKey: .baseline),
            verdict: try fields.decode(CheckResult.Verdict.self, forKey: .verdict),
            severity: try fields.decode(Diagnostic.Severity.self, forKey: .severity),
            isFatal: try fields.decode(Bool.self, forKey: .fatal))
    }

    private static func encode(_ end: RunEvent.StageEnd, into fields: inout KeyedEncodingContainer<Field>) throws {
        try fields.encode(end.outcome, forKey: .outcome)
        try fields.encodeIfPresent(end.reason, forKey: .reason)
        try fields.encodeIfPresent(end.cache.map(CacheStateFields.init), forKey: .cache)
        try fields.encode(end.metrics, forKey: .metrics)
        try fields.encode(end.outputValues, forKey: .outputs)
        try fields.encode(end.artifacts.map(ArtifactFields.init), forKey: .artifacts)
        try fields.encodeIfPresent(end.decision, forKey: .decision)
    }

    private static func stageEnd(_ fields: KeyedDecodingContainer<Field>) throws -> RunEvent.StageEnd {
        RunEvent.StageEnd(
            outcome: try fields.decode(Outcome.self, forKey: .outcome),
            reason: try fields.decodeIfPresent(String.self, forKey: .reason),
            cache: try fields.decodeIfPresent(CacheStateFields.self, forKey: .cache)?.state,
            metrics: try fields.decode([String: Double].self, forKey: .metrics),
            outputValues: try fields.decode([String: JSONValue].self, forKey: .outputs),
            artifacts: try fields.decode([ArtifactFields].self, forKey: .artifacts).map(\.artifact),
            decision: try fields.decodeIfPresent(GateDecision.self, forKey: .decision))
    }
}
