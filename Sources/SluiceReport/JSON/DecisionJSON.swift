import SluiceModel

/// `decision` of plans, runs and their stages.
struct DecisionJSON: Encodable {
    private let verdict: String
    private let profile, reason: String?
    private let limits: [GateDecision.Limit]
    private let conflict: [String]
    private let fixes: [GateDecision.Fix]
    private let method: String
    private let objective: OrNull<GateDecision.Objective>
    private let bound, gap: OrNull<Double>
    private let explanation: [String]
    private let holders: [GateDecision.Holder]?
    private let until: Timestamp?

    init(_ decision: GateDecision) {
        verdict = decision.verdict.rawValue
        profile = decision.profile
        reason = decision.reason?.rawValue
        limits = decision.limits
        conflict = decision.conflict
        fixes = decision.fixes
        method = decision.method
        objective = OrNull(decision.objective)
        bound = OrNull(decision.bound)
        gap = OrNull(decision.gap)
        explanation = decision.explanation
        holders = decision.holders
        until = decision.until
    }
}

/// `cache` of a stage.
struct CacheJSON: Encodable {
    private let state: String
    private let reason: OrNull<String>

    init(_ cache: CacheState) {
        state = cache.state.rawValue
        reason = OrNull(cache.reason)
    }
}
