import SluiceModel
import SluicePlanning

/// Retries that get more than the attempt before them: a new request to the gate, bounded by the pool.
extension RunState {
    /// Asks the gate for more of what an attempt lacked. What it gets, in words; nil: it was refused, and why is
    /// recorded.
    mutating func escalate(_ index: Int, profile: Int, by policy: RetryPolicy.Escalation, at now: Timestamp) -> String?
    {
        let stage = plan.stages[index]
        guard let escalation = Escalation(of: stage.profiles[profile], by: policy, in: plan) else {
            recordRefusal(index, "it has all that the pool has of what `escalate` would raise")
            return nil
        }
        var asked = plan
        asked.stages[index].profiles[profile] = escalation.after
        asked.stages[index].chosen = profile
        let (decision, admitted) = RunGate.admission(of: index, in: asked, progress: progress(at: now))
        // What is known of accounts may be old by now: they are asked when the time for the retry has come.
        guard plan.hasAccounts || decision.verdict == .wait || admitted == profile else {
            recordRefusal(index, escalation, decision)
            return nil
        }
        plan = asked
        nodes[index].escalation = escalation
        return escalation.change
    }

    /// The gate said no when the time for the retry had come: the stage ends as its last attempt did. False: it was no
    /// escalated retry.
    mutating func refuseEscalation(_ index: Int, _ decision: GateDecision) -> Bool {
        guard let escalation = nodes[index].escalation, let failure = nodes[index].failure else { return false }
        recordRefusal(index, escalation, decision)
        end(index, failure.outcome, reason: failure.error?.message ?? failure.reason)
        return true
    }

    /// An interrupted run goes on with what its last attempt had, or would have had next.
    mutating func restoreGrant(_ index: Int, _ attempts: [RunRecord.Attempt]) {
        guard let last = attempts.last, let granted = last.started.granted,
            let profile = plan.stages[index].profiles.firstIndex(where: { $0.profile.name == last.started.profile })
        else { return }
        var priced = plan.stages[index].profiles[profile].granting(granted)
        let lacked = last.ended.map { $0.result.error?.errorClass == .resource } ?? false
        if lacked, let policy = plan.stages[index].definition.retry.escalation,
            let escalation = Escalation(of: priced, by: policy, in: plan)
        {
            priced = escalation.after
        }
        guard priced.request != plan.stages[index].profiles[profile].request, pool.holds(priced.request) else { return }
        plan.stages[index].profiles[profile] = priced
        plan.stages[index].chosen = profile
    }

    private mutating func recordRefusal(_ index: Int, _ escalation: Escalation, _ decision: GateDecision) {
        let why =
            decision.isAdmitted
            ? "the rest of the run would not fit behind it" : decision.explanation.first ?? "it does not fit"
        recordRefusal(index, "\(escalation.change) would have taken \(escalation.price): \(why)")
    }

    private mutating func recordRefusal(_ index: Int, _ why: String) {
        effects.record([.warning(stage: plan.stages[index].name, message: RunRecord.Stage.refusedEscalation + why)])
    }
}
