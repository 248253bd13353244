import SluiceModel

/// A stage of a run.
struct RunStageJSON: Encodable {
    private let name: String
    private let needs: [String]
    private let profile, outcome: OrNull<String>
    private let reason: String?
    private let cache: CacheJSON
    private let decision: OrNull<DecisionJSON>
    private let estimate: OrNull<EstimateJSON>
    /// Seconds that the succeeded attempt took, to compare with the estimate.
    private let actual: OrNull<Double>
    private let attempts: [AttemptJSON]
    private let metrics: [String: Double]
    private let outputs: [String: JSONValue]
    private let artifacts: [ArtifactJSON]
    private let checks: [CheckJSON]
    private let warnings: [String]

    init(_ stage: RunRecord.Stage) {
        name = stage.name
        needs = stage.needs
        profile = OrNull(stage.profile)
        outcome = OrNull(stage.end?.outcome.rawValue)
        reason = stage.end?.reason
        cache = CacheJSON(stage.cache)
        decision = OrNull(stage.decision.map(DecisionJSON.init))
        estimate = OrNull(stage.estimate.map(EstimateJSON.init))
        actual = OrNull(stage.actual)
        attempts = stage.attempts.map(AttemptJSON.init)
        metrics = stage.end?.metrics ?? [:]
        outputs = stage.end?.outputValues ?? [:]
        artifacts = (stage.end?.artifacts ?? []).map(ArtifactJSON.init)
        checks = stage.checks.map(CheckJSON.init)
        warnings = stage.warnings
    }

    private enum CodingKeys: String, CodingKey {
        case name, needs, profile, outcome, reason, cache, decision, estimate, attempts, metrics, outputs, artifacts
        case checks, warnings
        case actual = "actual_s"
    }
}

/// One try at a stage; what is measured at its end is null until then.
struct AttemptJSON: Encodable {
    private let number: Int
    private let profile, executor: String
    private let outcome, sandbox: OrNull<String>
    private let isolation: Isolation?
    private let noNewPrivileges: Bool?
    private let started: Timestamp
    private let began: Timestamp?
    private let waits: [WaitJSON]?
    private let ended: OrNull<Timestamp>
    private let exit: Int32?
    private let signal: String?
    private let wall, cpu: OrNull<Double>
    private let memoryPeak, written: OrNull<Int64>
    private let diskPeak, stored, gpuMemoryPeak: Int64?
    private let declared: [String]?
    private let gpu, queued: Double?
    private let snapshot: SnapshotKind?
    private let enforcement: Enforcement?
    private let overrun: Overrun?
    private let granted: ResourceRequest?
    private let gpus: [String]?
    private let error: AttemptError?
    private let strays: Int
    private let used: [String: Amount]
    private let warnings: [String]

    init(_ attempt: RunRecord.Attempt) {
        let result = attempt.ended?.result
        number = attempt.started.number
        profile = attempt.started.profile
        executor = attempt.started.executor
        outcome = OrNull(result?.outcome.rawValue)
        sandbox = OrNull(result?.sandbox.mechanism.rawValue)
        isolation = result.flatMap { Isolation($0.sandbox) }
        noNewPrivileges = result?.sandbox.noNewPrivileges == true ? true : nil
        started = attempt.startTime
        began = attempt.began
        waits = attempt.waits.isEmpty ? nil : attempt.waits.map(WaitJSON.init)
        ended = OrNull(attempt.endTime)
        exit = result?.exit
        signal = result?.signal
        wall = OrNull(result?.usage.wall)
        cpu = OrNull(result?.usage.cpu)
        memoryPeak = OrNull(result?.usage.memoryPeak)
        written = OrNull(result?.usage.written)
        diskPeak = result?.usage.diskPeak
        stored = result?.usage.stored
        declared = result.flatMap { $0.usage.declared.isEmpty ? nil : $0.usage.declared }
        gpu = result?.usage.gpu
        queued = result?.usage.queued
        gpuMemoryPeak = result?.usage.gpuMemoryPeak
        snapshot = result?.snapshot
        enforcement = result?.enforcement
        overrun = result?.overrun
        granted = attempt.started.granted
        gpus = result.flatMap { $0.devices.isEmpty ? nil : $0.devices }
        error = result?.error
        strays = result?.strays ?? 0
        used = attempt.ended?.used ?? [:]
        warnings = result?.warnings ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case number, profile, executor, granted, outcome, sandbox, isolation, enforcement, gpus, started, began
        case waits, ended, snapshot, exit, signal, error, strays, used, declared, warnings
        case noNewPrivileges = "no_new_privs"
        case overrun = "over_limit"
        case wall = "wall_s"
        case cpu = "cpu_s"
        case memoryPeak = "memory_peak"
        case written = "written_bytes"
        case diskPeak = "disk_peak"
        case stored = "stored_bytes"
        case gpu = "gpu_s"
        case queued = "queued_s"
        case gpuMemoryPeak = "gpu_memory_peak"
    }
}

/// Why an executor let an attempt wait, and how long for that.
struct WaitJSON: Encodable {
    private let reason: String
    private let since: Timestamp
    private let until: OrNull<Timestamp>

    init(_ wait: RunRecord.Wait) {
        reason = wait.reason
        since = wait.since
        until = OrNull(wait.until)
    }
}

struct ArtifactJSON: Encodable {
    private let name, type: String
    private let digest: Digest
    private let size: Int64

    init(_ artifact: Artifact) {
        name = artifact.name
        type = artifact.type.rawValue
        digest = artifact.digest
        size = artifact.size
    }
}

struct CheckJSON: Encodable {
    private let metric, limit, verdict, severity: String
    private let value: OrNull<Double>
    private let baseline: Double?

    init(_ check: CheckResult) {
        metric = check.metric
        value = OrNull(check.value)
        limit = check.limit
        baseline = check.baseline
        verdict = check.verdict.rawValue
        severity = check.severity.rawValue
    }
}
