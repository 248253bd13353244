import SluiceModel

extension Build {
    /// Events of one run at growing sequence numbers.
    static func events(_ kinds: [(Double, RunEvent.Kind)]) -> [RunEvent] {
        kinds.enumerated().map { index, entry in
            RunEvent(sequence: Int64(index + 1), time: after(entry.0), run: RunID(42), kind: entry.1)
        }
    }

    static func planned(_ decision: GateDecision? = nil) throws -> RunEvent.Kind {
        let decision =
            try decision
            ?? admitted([
                try limit("cost", "10", asked: "0.42", left: "10"),
                try limit("cpu_hours", "4", asked: "0.22", left: "4"),
            ])
        let stages = try stages(chosen: true).map { stage in
            RunEvent.Planned.Stage(
                name: stage.name, needs: stage.needs, profile: stage.chosen.map { stage.profiles[$0].profile.name },
                cache: stage.cache, decision: nil, estimate: stage.profiles.first?.estimate, start: stage.start)
        }
        return .planned(.init(decision: decision, isDegraded: false, stages: stages))
    }

    static func started(_ stage: String, _ number: Int = 1, profile: String = "small", executor: String = "local")
        throws -> RunEvent.Kind
    {
        .attemptStarted(
            stage: stage,
            .init(
                number: number, profile: profile, executor: executor, decision: try admitted(),
                folder: "runs/42/\(stage)-\(number)", granted: ResourceRequest(memory: 1 << 30)))
    }

    static func ended(
        _ stage: String, _ number: Int = 1, wall: Double, cost: String, error: AttemptError? = nil,
        signal: String? = nil, exit: Int32? = 0, metrics: [String: Double] = [:], warnings: [String] = []
    ) throws -> RunEvent.Kind {
        let result = AttemptResult(
            outcome: error == nil ? .succeeded : .failed, exit: signal == nil ? exit : nil, signal: signal,
            error: error, isCrash: signal != nil, metrics: metrics,
            usage: Usage(wall: wall, cpu: wall * 1.5, memoryPeak: 300 << 20, written: 12 << 20),
            enforcement: Enforcement(mechanism: .cgroup2, kernel: [.memory, .cpus, .processes], sampled: [.disk]),
            warnings: warnings)
        let used = ["cost": try amount(cost), "cpu_hours": Amount(billionths: Int128(wall * 1.5 / 3600 * 1e9))]
        return .attemptEnded(stage: stage, .init(number: number, result: result, used: used))
    }

    static func check(
        _ metric: String, _ value: Double?, _ limit: String, _ verdict: CheckResult.Verdict, fatal: Bool = true
    ) -> CheckResult {
        CheckResult(
            metric: metric, value: value, limit: limit, verdict: verdict, severity: fatal ? .error : .warning,
            isFatal: fatal && verdict != .pass)
    }

    static let crash = AttemptError(
        errorClass: .internal, code: "plugin.crash",
        message: "the plugin was killed by SIGSEGV before it said its result",
        hint: "run the stage alone: sluice run --stage train",
        stderr: ["epoch 3 loss 0.41", "Segmentation fault \u{1b}[31m(core dumped)", "::error::owned"],
        lastLine: "{\"type\":\"progress\",\"done\":3}")

    /// Cached data, a training that crashed once, a check that only warns, a deploy.
    static func succeeded() throws -> RunRecord {
        let metrics = ["auc": 0.993_12, "accuracy": 0.9708, "f1": 0.9607, "latency_p95_ms": 12.4, "rows": 143]
        let model = Artifact(name: "model", digest: try digest("a"), size: 1_600_000, type: .model, isFolder: true)
        let report = Artifact(name: "report", digest: try digest("b"), size: 48_213, type: .report, isFolder: false)
        return RunRecord(
            head: try head(),
            events: events([
                (2, try planned()),
                (2, .stageEnded(stage: "prepare", .init(outcome: .cached, metrics: ["rows": 569, "missing": 0]))),
                (2, try started("train", profile: "large")),
                (61, try ended("train", wall: 58.6, cost: "0.032", error: crash, signal: "SIGSEGV")),
                (61, .retryScheduled(stage: "train", number: 2, delay: 1, reason: "a crash is tried once more")),
                (62, try started("train", 2, profile: "large")),
                (
                    770,
                    try ended("train", 2, wall: 707.4, cost: "0.393", warnings: ["2 processes were left and killed"])
                ),
                (
                    770,
                    .stageEnded(
                        stage: "train", .init(outcome: .succeeded, metrics: ["loss": 0.0312], artifacts: [model]))
                ),
                (770, try started("evaluate")),
                (833, try ended("evaluate", wall: 62.9, cost: "0.0175", metrics: metrics)),
                (833, .checkJudged(stage: "evaluate", check("auc", 0.993_12, ">= 0.98", .pass))),
                (833, .checkJudged(stage: "evaluate", check("latency_p95_ms", 12.4, "<= 10", .fail, fatal: false))),
                (
                    833,
                    .stageEnded(stage: "evaluate", .init(outcome: .succeeded, metrics: metrics, artifacts: [report]))
                ),
                (833, try started("deploy")),
                (836, try ended("deploy", wall: 2.5, cost: "0")),
                (
                    836,
                    .stageEnded(
                        stage: "deploy",
                        .init(
                            outcome: .succeeded,
                            outputValues: [
                                "path": .string("/srv/models/churn/releases/42"),
                                "current": .string("/srv/models/churn/current"),
                            ]))
                ),
                (836, .warning(stage: nil, message: "stages ran without a sandbox")),
                (836.2, .runEnded(outcome: .succeeded, reason: nil)),
            ]))
    }

    static func failed() throws -> RunRecord {
        RunRecord(
            head: try head(),
            events: events([
                (2, try planned()),
                (2, .stageEnded(stage: "prepare", .init(outcome: .cached, metrics: ["rows": 569]))),
                (2, try started("train", profile: "large")),
                (61, try ended("train", wall: 58.6, cost: "0.032", error: crash, signal: "SIGSEGV")),
                (61, .stageEnded(stage: "train", .init(outcome: .failed, reason: crash.message))),
                (61, .stageEnded(stage: "evaluate", .init(outcome: .skipped, reason: "train failed"))),
                (61, .stageEnded(stage: "deploy", .init(outcome: .skipped, reason: "evaluate was skipped"))),
                (61, .runEnded(outcome: .failed, reason: "train failed")),
            ]))
    }
}
