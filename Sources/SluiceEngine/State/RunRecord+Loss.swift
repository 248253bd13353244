import SluiceModel

extension RunRecord {
    /// What a record lacks whose runner died and that nobody takes up: the ends of its running attempts, of their
    /// stages, and of the run.
    package func eventsOfLoss(because reason: String) -> [RunEvent.Kind] {
        lostAttempts(because: reason) + [.runEnded(outcome: .lost, reason: reason)]
    }

    /// What a record lacks that nobody drives and that was asked to end: nothing of it is taken up again.
    package func eventsOfCancellation(_ reason: CancelReason) -> [RunEvent.Kind] {
        let begun = lostAttempts(because: reason.sentence)
        let rest = stages.filter { $0.end == nil && $0.open == nil }.map { stage -> RunEvent.Kind in
            .stageEnded(stage: stage.name, .init(outcome: .skipped, reason: reason.sentence))
        }
        return begun + rest + [.runEnded(outcome: .cancelled, reason: reason.sentence)]
    }

    private func lostAttempts(because reason: String) -> [RunEvent.Kind] {
        stages.filter { $0.open != nil }.flatMap { stage -> [RunEvent.Kind] in
            stage.attempts.filter { $0.ended == nil }.map {
                .attemptEnded(stage: stage.name, .lost(number: $0.started.number))
            } + (stage.end == nil ? [.stageEnded(stage: stage.name, .init(outcome: .lost, reason: reason))] : [])
        }
    }
}

extension RunEvent.Ended {
    /// What is known of an attempt whose runner died: nothing, so that it is charged with what was held for it.
    package static func lost(number: Int, charged amounts: [BudgetResource: Amount] = [:]) -> RunEvent.Ended {
        var result = AttemptResult(outcome: .lost, error: lostError)
        result.usage.declared = amounts.keys.map(\.rawValue).sorted()
        return RunEvent.Ended(
            number: number, result: result,
            used: Dictionary(uniqueKeysWithValues: amounts.map { ($0.key.rawValue, $0.value) }))
    }

    private static var lostError: AttemptError {
        AttemptError(
            errorClass: .transient, code: "attempt.lost", message: "the runner died while the attempt was running")
    }
}

extension Plan {
    /// What was held for an attempt: by its estimate, as it was granted.
    func share(of attempt: RunRecord.Attempt, at stage: String) -> [BudgetResource: Amount] {
        guard
            var profile = self.stage(named: stage)?.profiles.first(where: {
                $0.profile.name == attempt.started.profile
            })
        else { return [:] }
        if let estimate = attempt.started.estimate { profile.estimate = estimate }
        let amounts = profile.granting(attempt.started.granted ?? profile.request).amounts
        return amounts.filter { $0.key != .wall }
    }
}
