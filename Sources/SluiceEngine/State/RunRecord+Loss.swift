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
        let rest = stages.filter { $0.end == nil && $0.running == nil }.map { stage -> RunEvent.Kind in
            .stageEnded(stage: stage.name, .init(outcome: .skipped, reason: reason.sentence))
        }
        return begun + rest + [.runEnded(outcome: .cancelled, reason: reason.sentence)]
    }

    private func lostAttempts(because reason: String) -> [RunEvent.Kind] {
        stages.filter { $0.running != nil }.flatMap { stage -> [RunEvent.Kind] in
            stage.attempts.filter { $0.ended == nil }.map {
                .attemptEnded(stage: stage.name, .lost(number: $0.started.number))
            } + (stage.end == nil ? [.stageEnded(stage: stage.name, .init(outcome: .lost, reason: reason))] : [])
        }
    }
}

extension RunEvent.Ended {
    /// What is known of an attempt whose runner died: nothing.
    static func lost(number: Int) -> RunEvent.Ended {
        let error = AttemptError(
            errorClass: .transient, code: "attempt.lost", message: "the runner died while the attempt was running")
        return RunEvent.Ended(number: number, result: AttemptResult(outcome: .lost, error: error), used: [:])
    }
}
