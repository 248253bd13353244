/// A planned stage as events write it.
struct PlannedStageFields: Codable {
    var name: String
    var needs: [String]
    var profile: String?
    var cache: CacheStateFields
    var decision: GateDecision?
    var estimate: EstimateFields?
    /// Seconds after the run's start.
    var start: Double?

    private enum CodingKeys: String, CodingKey {
        case name, needs, profile, cache, decision, estimate
        case start = "start_s"
    }

    init(_ stage: RunEvent.Planned.Stage) {
        name = stage.name
        needs = stage.needs
        profile = stage.profile
        cache = CacheStateFields(stage.cache)
        decision = stage.decision
        estimate = stage.estimate.map(EstimateFields.init)
        start = stage.start
    }

    var stage: RunEvent.Planned.Stage {
        RunEvent.Planned.Stage(
            name: name, needs: needs, profile: profile, cache: cache.state, decision: decision,
            estimate: estimate?.estimate, start: start)
    }
}

/// A cache state without its entry, which the cache index holds.
struct CacheStateFields: Codable {
    var word: CacheState.State
    var reason: String?
    var upstream: String?
    var key: Digest?

    private enum CodingKeys: String, CodingKey {
        case reason, upstream, key
        case word = "state"
    }

    init(_ state: CacheState) {
        word = state.state
        reason = state.reason
        upstream = state.upstream
        key = state.key
    }

    var state: CacheState { CacheState(state: word, reason: reason, upstream: upstream, key: key) }
}

struct EstimateFields: Codable {
    /// Seconds.
    var duration: Double
    var source: Plan.Estimate.Source
    var quantile: Double?
    var samples: Int?
    var scale, trend: Double?
    var memory: Int64?

    private enum CodingKeys: String, CodingKey {
        case source, quantile, samples, scale, trend, memory
        case duration = "duration_s"
    }

    init(_ estimate: Plan.Estimate) {
        duration = estimate.duration.inSeconds
        source = estimate.source
        quantile = estimate.basis?.quantile
        samples = estimate.basis?.samples
        scale = estimate.basis?.scale
        trend = estimate.basis?.trend
        memory = estimate.memory
    }

    var estimate: Plan.Estimate {
        var basis: Plan.Estimate.Basis?
        if let quantile, let samples {
            basis = .init(quantile: quantile, samples: samples, scale: scale, trend: trend)
        }
        return Plan.Estimate(
            duration: .microseconds(ofSeconds: duration), source: source, basis: basis, memory: memory)
    }
}

struct ArtifactFields: Codable {
    var name: String
    var digest: Digest
    var size: Int64
    var type: ArtifactType
    var folder: Bool

    init(_ artifact: Artifact) {
        name = artifact.name
        digest = artifact.digest
        size = artifact.size
        type = artifact.type
        folder = artifact.isFolder
    }

    var artifact: Artifact { Artifact(name: name, digest: digest, size: size, type: type, isFolder: folder) }
}

/// An attempt's result, flat, as `attempt_ended` and `runs show --json` have it.
struct AttemptResultFields: Codable {
    var outcome: Outcome
    var reason: String?
    var exit: Int32?
    var signal: String?
    var error: AttemptError?
    var crash: Bool
    var metrics: [String: Double]
    var outputs: [String: JSONValue]
    var usage: Usage
    var sandbox: Sandbox.Mechanism
    /// nil without one.
    var isolation: Isolation?
    /// True, or nil: also in records of before it was known.
    var noNewPrivileges: Bool?
    var snapshot: SnapshotKind?
    var enforcement: Enforcement?
    var overrun: Overrun?
    /// nil, not empty, in records of before it was known.
    var gpus: [String]?
    var strays: Int
    var warnings: [String]
    /// Seconds.
    var retryAfter: Double?

    private enum CodingKeys: String, CodingKey {
        case outcome, reason, exit, signal, error, crash, metrics, outputs, usage, sandbox, isolation, enforcement
        case snapshot, gpus, strays, warnings
        case noNewPrivileges = "no_new_privs"
        case overrun = "over_limit"
        case retryAfter = "retry_after_s"
    }

    init(_ result: AttemptResult) {
        outcome = result.outcome
        reason = result.reason
        exit = result.exit
        signal = result.signal
        error = result.error
        crash = result.isCrash
        metrics = result.metrics
        outputs = result.outputValues
        usage = result.usage
        sandbox = result.sandbox.mechanism
        isolation = Isolation(result.sandbox)
        noNewPrivileges = result.sandbox.noNewPrivileges ? true : nil
        snapshot = result.snapshot
        enforcement = result.enforcement
        overrun = result.overrun
        gpus = result.devices.isEmpty ? nil : result.devices
        strays = result.strays
        warnings = result.warnings
        retryAfter = result.retryAfter?.inSeconds
    }

    private var walls: Sandbox {
        let noNewPrivileges = noNewPrivileges ?? false
        return isolation?.sandbox(sandbox, noNewPrivileges: noNewPrivileges) ?? .none(noNewPrivileges: noNewPrivileges)
    }

    var result: AttemptResult {
        AttemptResult(
            outcome: outcome, reason: reason, exit: exit, signal: signal, error: error, isCrash: crash,
            metrics: metrics, outputValues: outputs, usage: usage, sandbox: walls,
            snapshot: snapshot, enforcement: enforcement, overrun: overrun, devices: gpus ?? [], strays: strays,
            warnings: warnings,
            retryAfter: retryAfter.map(Duration.microseconds(ofSeconds:)))
    }
}

extension Duration {
    /// Seconds as JSON has them, to the microsecond; what no clock can mean is cut to the nearest that one can.
    fileprivate static func microseconds(ofSeconds seconds: Double) -> Duration {
        guard seconds.isFinite else { return .zero }
        return .microseconds(Int64((min(max(seconds, -9e12), 9e12) * 1e6).rounded()))
    }
}
