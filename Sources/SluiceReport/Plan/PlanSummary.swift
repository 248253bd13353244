import SluiceModel

extension Plan.Stage {
    /// The profile that was chosen, if one was.
    package var chosenProfile: Plan.PricedProfile? {
        chosen.flatMap { profiles.indices.contains($0) ? profiles[$0] : nil }
    }

    /// Whether the plan already knows that nothing is executed.
    package var isFree: Bool { cache.state == .hit || condition == .fails }
}

extension Plan.PricedProfile {
    var useByName: [String: Amount] {
        Dictionary(use.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}

/// A plan in a few numbers.
package struct PlanSummary: Sendable, Equatable {
    package var total: Int
    package var cached: Int
    package var skipped: Int
    /// Whether profiles were chosen, so that time and cost are known.
    package var isEstimated: Bool
    /// Seconds from the run's start to the end of its last stage.
    package var makespan: Double
    package var cost: Amount

    package init(_ plan: Plan) {
        let chosen = plan.stages.compactMap { stage in stage.chosenProfile.map { (stage, $0) } }
        total = plan.stages.count
        cached = plan.stages.count { $0.cache.state == .hit }
        skipped = plan.stages.count { $0.condition == .fails && $0.cache.state != .hit }
        isEstimated = plan.decision.objective != nil || !chosen.isEmpty
        makespan =
            plan.decision.objective?.makespan
            ?? chosen.reduce(0) { max($0, ($1.0.start ?? 0) + $1.1.estimate.duration.inSeconds) }
        cost = plan.decision.objective?.cost ?? chosen.reduce(.zero) { $0 + ($1.1.use[.cost] ?? .zero) }
    }

    package var toRun: Int { total - cached - skipped }

    /// `est. 13 min, cost 0.42`, or how much is to be executed where nothing was chosen.
    package var amounts: String {
        if toRun == 0 { return "nothing to execute" }
        guard isEstimated else { return "\(toRun) to execute" }
        return "est. \(HumanUnits.duration(makespan)), cost \(HumanUnits.cost(cost))"
    }

    /// `4 stages, 1 cached, est. 13 min, cost 0.42`.
    package var text: String {
        var parts = [HumanUnits.count(total, "stage")]
        if cached > 0 { parts.append(cached == total ? "all cached" : "\(cached) cached") }
        if skipped > 0 { parts.append("\(skipped) skipped") }
        return (parts + [amounts]).joined(separator: ", ")
    }
}
