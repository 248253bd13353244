import SluiceModel

extension RunRecord.Stage {
    /// Seconds of wall time over all attempts that have ended.
    var wall: Double { attempts.reduce(0) { $0 + ($1.ended?.result.usage.wall ?? 0) } }

    /// Seconds that the succeeded attempt took; nil where none did.
    var actual: Double? { attempts.last { $0.ended?.result.outcome == .succeeded }?.ended?.result.usage.wall }

    /// The attempt by which the stage came to its end.
    var lastEnded: RunRecord.Attempt? { attempts.last { $0.ended != nil } }

    /// Its error; those of attempts before it are not why the stage ended so.
    var error: AttemptError? { lastEnded?.ended?.result.error }

    var cost: Amount { attempts.reduce(.zero) { $0 + ($1.ended?.used["cost"] ?? .zero) } }

    /// Metrics for a line: those with a check first, the others by name, each with its value.
    var mainMetrics: [(name: String, value: Double)] {
        let all = end?.metrics ?? [:]
        let checked = checks.map(\.metric).filter { all[$0] != nil }
        let rest = all.keys.filter { !checked.contains($0) }.sorted()
        var seen: Set<String> = []
        return (checked + rest).filter { seen.insert($0).inserted }
            .compactMap { name in all[name].map { (name, $0) } }
    }
}

extension RunRecord {
    /// Seconds from start to end; nil until both are known.
    var wall: Double? {
        guard let started = head.started, let ended = head.ended else { return nil }
        return max(0, ended.seconds(since: started))
    }

    /// The limits of the run itself, in the order of the decision.
    var runLimits: [GateDecision.Limit] { decision?.limits.filter { $0.scope == "run" } ?? [] }
}
