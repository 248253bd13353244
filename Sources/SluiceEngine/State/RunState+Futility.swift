import SluiceModel
import SluicePlanning

/// Stages that asked for it are stopped once the rest of the run cannot fit any more.
extension RunState {
    mutating func stopFutile(at now: Timestamp) {
        futileFrom = nil
        let asking = running.keys.sorted().filter { plan.stages[$0].definition.stopWhenFutile && !isStopping($0) }
        guard !asking.isEmpty, halt?.isFinal != true,
            let futility = Futility.next(in: plan, progress: progress(at: now))
        else { return }
        guard futility.after <= .zero else {
            // Time is counted in milliseconds, so the next look is never too early.
            return futileFrom = now.advanced(bySeconds: futility.after.inSeconds)
        }
        for index in asking {
            nodes[index].futility = futility.reason
            effects.record([.futile(stage: plan.stages[index].name, reason: futility.reason)])
            stopAttempt(index, .budget)
        }
    }

    private func isStopping(_ index: Int) -> Bool {
        guard case .running(let attempt) = nodes[index].phase else { return false }
        return attempt.isCancelled
    }
}
