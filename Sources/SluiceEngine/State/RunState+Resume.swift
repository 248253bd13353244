import SluiceModel
import SluicePlanning

extension RunState {
    /// Takes up an interrupted run: what has ended stays as it ended; an attempt that its executor `holds` goes on; any
    /// other whose runner died is `lost`, is cleaned up after, and, deploys excepted, is tried again. `holds` are names
    /// of stages.
    package init(
        plan: Plan, options: RunOptions, patience: Patience = .stays, resuming record: RunRecord,
        holding holds: Set<String> = []
    ) {
        self.init(plan: plan, options: options, patience: patience)
        accounts.waitedFor = record.waitingFor
        for stage in record.stages {
            guard let index = indexByName[stage.name] else { continue }
            nodes[index].attempts = stage.attempts.map(\.started.number).max() ?? 0
            nodes[index].isLost = stage.attempts.last.map { ($0.ended?.result.outcome ?? .lost) == .lost } ?? false
            charge(stage.attempts)
            if holds.contains(stage.name), let attempt = stage.open {
                takeUp(index, attempt)
            } else if let end = stage.end {
                restore(index, end, of: stage)
            } else if !plan.stages[index].isDeploy {
                restoreGrant(index, stage.attempts)
            } else if !stage.attempts.isEmpty {
                // Whether it reached its target is not known, not even when an earlier recovery called it lost.
                lostDeploys.append(index)
                halt = .lost(Self.lostDeploy(stage.name))
            }
        }
        // What attempts were granted beyond their profiles stays so when accounts make it choose again.
        for index in plan.undecided.indices {
            for way in plan.undecided[index].profiles.indices {
                // What is found in the cache may hang on what was chosen: that stays as it was before.
                var granted = self.plan.stages[index].profiles[way]
                granted.cached = plan.undecided[index].profiles[way].cached
                self.plan.undecided[index].profiles[way] = granted
            }
        }
    }

    /// It runs, or has run, as it was granted: nobody decides on it again.
    private mutating func takeUp(_ index: Int, _ attempt: RunRecord.Attempt) {
        let started = attempt.started
        nodes[index].isLost = false
        nodes[index].takenUp = TakenUp(
            number: started.number, started: attempt.startTime, began: attempt.began, decision: started.decision)
        plan.stages[index].cache.entry = nil
        plan.stages[index].cache.state = .miss
        plan.stages[index].chosen = plan.stages[index].profiles.firstIndex { $0.profile.name == started.profile }
        guard let profile = plan.stages[index].chosen, let granted = started.granted else { return }
        plan.stages[index].profiles[profile] = plan.stages[index].profiles[profile].granting(granted)
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
            if plan.hasAccounts {
                used[.wall, default: .zero] += Amount(seconds: attempt.chargedSeconds)
            }
        }
    }

    private mutating func restore(_ index: Int, _ end: RunEvent.StageEnd, of stage: RunRecord.Stage) {
        note(index, end)
        haltAfterFailure(of: index)
        if end.outcome == .lost, plan.stages[index].isDeploy { halt = .lost(Self.lostDeploy(stage.name)) }
        if stage.attempts.isEmpty, halt?.isFinal != true, let halted = end.reason.flatMap(Halt.init(endReason:)) {
            halt = halted
        }
        // The plan was made anew, and knows only what it chose itself.
        if end.outcome == .succeeded, let profile = stage.attempts.last?.started.profile,
            plan.stages[index].profiles.contains(where: { $0.profile.name == profile && $0.profile.isDegraded })
        {
            plan.isDegraded = true
            accounts.wasDegraded = true
        }
    }
}

extension RunRecord.Attempt {
    /// What an account counts as its wall time: of a lost one the estimate, as everything of it; nothing yet of one that
    /// goes on.
    fileprivate var chargedSeconds: Double {
        guard let result = ended?.result else { return 0 }
        guard result.outcome != .lost else { return started.estimate?.duration.inSeconds ?? 0 }
        return result.usage.wall
    }
}
