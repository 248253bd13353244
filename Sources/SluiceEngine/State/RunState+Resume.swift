import SluiceModel
import SluicePlanning

extension RunState {
    /// Takes up an interrupted run: what has ended stays as it ended; an attempt whose runner died is `lost`, is
    /// cleaned up after, and, deploys excepted, is tried again.
    package init(plan: Plan, options: RunOptions, resuming record: RunRecord) {
        self.init(plan: plan, options: options)
        for stage in record.stages {
            guard let index = indexByName[stage.name] else { continue }
            nodes[index].attempts = stage.attempts.map(\.started.number).max() ?? 0
            charge(stage.attempts)
            if stage.running != nil, plan.stages[index].isDeploy { halt = .lost(Self.lostDeploy(stage.name)) }
            if let end = stage.end { restore(index, end) }
        }
    }

    static func lostDeploy(_ stage: String) -> String {
        "\(stage) was lost while it deployed; look at the target before you retry"
    }

    private mutating func charge(_ attempts: [RunRecord.Attempt]) {
        for attempt in attempts {
            firstAttempt = firstAttempt.map { min($0, attempt.startTime) } ?? attempt.startTime
            for (name, amount) in attempt.ended?.used ?? [:] {
                if let resource = BudgetResource(rawValue: name) { used[resource, default: .zero] += amount }
            }
        }
    }

    private mutating func restore(_ index: Int, _ end: RunEvent.StageEnd) {
        nodes[index].end = end
        nodes[index].phase = .ended
        results[plan.stages[index].name] = end
        endedCount += 1
        for dependent in nodes[index].dependents { nodes[dependent].unmet -= 1 }
        if !end.outcome.isGood && end.outcome != .skipped { haltAfterFailure(of: index) }
    }
}
