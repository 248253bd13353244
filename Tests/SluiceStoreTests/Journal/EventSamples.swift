import SluiceModel

/// One event of every kind, every field filled, and those with the optional fields empty.
enum EventSamples {
    static let digest = Digest(bytes: [UInt8](repeating: 0xab, count: 32))
    static let artifact = Artifact(name: "model", digest: digest, size: 12, type: .model, isFolder: true)
    static let diagnostic = Diagnostic(
        id: "pipeline.unknown-key", message: "unknown key us",
        location: SourceLocation(file: "a/b.yaml", line: 2, column: 3), excerpt: "  us: x",
        hint: "did you mean uses?")

    static let decision = GateDecision(
        verdict: .degrade, profile: "small", reason: .budget,
        limits: [
            GateDecision.Limit(
                scope: "run", resource: "cost", limit: Amount(4), used: Amount(billionths: 100_000_000),
                reserved: .zero, asked: Amount(2), left: Amount(1))
        ],
        conflict: ["cost"], fixes: [GateDecision.Fix(limit: "cost", from: Amount(4), to: nil)], method: "exact",
        objective: GateDecision.Objective(penalty: Amount(1), cost: Amount(2), makespan: 3.5), bound: 1, gap: 0.25,
        explanation: ["too dear"])

    static let planned = RunEvent.Planned(
        decision: decision, isDegraded: true,
        stages: [
            RunEvent.Planned.Stage(
                name: "train[model=a\nb]", needs: ["prepare"], profile: "small",
                cache: CacheState(state: .miss, reason: "script changed", key: digest), decision: decision,
                estimate: Plan.Estimate(duration: .milliseconds(1500), source: .history), start: 2.5),
            RunEvent.Planned.Stage(
                name: "deploy", needs: [], profile: nil, cache: CacheState(state: .off), decision: nil,
                estimate: nil, start: nil),
        ])

    static let result = AttemptResult(
        outcome: .timedOut, reason: "slow", exit: 3, signal: "SIGSEGV",
        error: AttemptError(
            errorClass: .transient, code: "x.y", message: "no \u{0} \u{1F600}", hint: "h", detail: "d",
            stderr: ["a", "b"], lastLine: "{}"),
        isCrash: true, metrics: ["auc": 0.1], outputValues: ["n": .integer(3), "t": .array([.null, .string("é")])],
        usage: Usage(
            wall: 1.25, cpu: 0.5, memoryPeak: 1 << 40, written: 7, diskPeak: 8, stored: 10, gpu: 0.75, gpuMemoryPeak: 9,
            declared: ["gpu_hours"]),
        sandbox: Sandbox(mechanism: .bubblewrap, isStrict: true, hasNetwork: false),
        enforcement: Enforcement(mechanism: .cgroup1, kernel: [.memory, .cpus], sampled: [.disk]),
        overrun: Overrun(resource: .memory, limit: 1 << 31, peak: 1 << 32), devices: ["0", "GPU-1"], strays: 2,
        warnings: ["w"], retryAfter: .milliseconds(100))

    static let end = RunEvent.StageEnd(
        outcome: .succeeded, reason: "r", cache: CacheState(state: .hit, key: digest), metrics: ["auc": 0.99],
        outputValues: ["v": .bool(true)], artifacts: [artifact])

    static let all: [RunEvent.Kind] = [
        .planned(planned),
        .rejected(diagnostics: [diagnostic], decision: .policy("not allowed")),
        .waiting(reason: "gpus"),
        .waiting(reason: "team.cost", decision: decision),
        .attemptStarted(
            stage: "train",
            RunEvent.Started(
                number: 1, profile: "small", executor: "local", decision: decision, folder: "runs/1/train/1",
                granted: ResourceRequest(memory: 1 << 31, gpus: 2, disk: 5, processes: 6, custom: ["x": 1]),
                plugin: "train-sklearn",
                estimate: Plan.Estimate(
                    duration: .milliseconds(1500), source: .history,
                    basis: .init(quantile: 0.9, samples: 23, scale: 1.25, trend: 0.5), memory: 1 << 30),
                dataBytes: 1 << 40)),
        .attemptQueued(stage: "train", number: 1, reason: "other jobs hold what it needs (Resources)"),
        .attemptBegan(stage: "train", number: 1),
        .attemptEnded(
            stage: "train",
            RunEvent.Ended(number: 1, result: result, used: ["cost": Amount(billionths: 1_234_567_891)])),
        .attemptEnded(
            stage: "train", RunEvent.Ended(number: 2, result: AttemptResult(outcome: .lost), used: [:])),
        .retryScheduled(stage: "train", number: 2, delay: 0.5, reason: "crash"),
        .futile(stage: "train", reason: "cost: at least 3 needed with what is still to come, 2 allowed"),
        .replanned(reason: "train ended 3m after its time", order: ["b", "a"]),
        .checkJudged(
            stage: "evaluate",
            CheckResult(
                metric: "auc", value: 0.9, limit: ">= 0.95", baseline: 0.8, verdict: .fail, severity: .warning,
                isFatal: false)),
        .checkJudged(
            stage: "evaluate",
            CheckResult(
                metric: "auc", value: nil, limit: ">= 0.95", verdict: .missing, severity: .error, isFatal: true)),
        .stageEnded(stage: "train", end),
        .stageEnded(stage: "deploy", RunEvent.StageEnd(outcome: .skipped)),
        .stageEnded(stage: "refused", RunEvent.StageEnd(outcome: .skipped, decision: .policy("no"))),
        .warning(stage: nil, message: "for the run"),
        .warning(stage: "train", message: "for the stage"),
        .runEnded(outcome: .succeeded, reason: nil),
        .runEnded(outcome: .refused, reason: "budget"),
    ]
}
