import SluiceModel

enum JournalSamples {
    static func started(_ number: Int, profile: String = "small") -> RunEvent.Started {
        RunEvent.Started(
            number: number, profile: profile, executor: "local", decision: EventSamples.decision,
            folder: "runs/1/s/\(number)")
    }

    static func ended(_ number: Int, _ outcome: Outcome = .succeeded, wall: Double = 1) -> RunEvent.Ended {
        RunEvent.Ended(
            number: number, result: AttemptResult(outcome: outcome, usage: Usage(wall: wall, cpu: 0.5, memoryPeak: 7)),
            used: ["cost": Amount(1)])
    }

    static func completion(
        stage: String = "train", run: RunID, trusted: Bool = true, isCacheable: Bool = true, isDeploy: Bool = false
    ) throws -> StageCompletion {
        StageCompletion(
            pipeline: "p", repository: "/srv/a.git", reference: "refs/heads/m", commit: try StateSandbox.oid("1"),
            entry: CacheEntry(
                key: EventSamples.digest, run: run, stage: stage, created: StateSandbox.time, trusted: trusted,
                parts: [CacheKeyPart(name: "script", value: "x")], metrics: ["auc": 0.5],
                outputValues: ["n": .integer(1)], artifacts: [EventSamples.artifact], isDegraded: false),
            isCacheable: isCacheable, isDeploy: isDeploy)
    }
}
