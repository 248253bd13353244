import SluiceModel

/// Why a stage runs where it does, where it had the choice among executors.
enum PlacementText {
    /// "train runs on right as r: 40s, cost 0.01; left as l: 40s after 12m in its queue, cost 0.01"; nil where there was
    /// no choice. `plan`: where every stage has its start, and another way may have had no room then.
    static func line(_ stage: Plan.Stage, _ chosen: Int, in plan: Plan? = nil) -> String? {
        let executors = Set(stage.profiles.map(\.request.executor))
        guard executors.count > 1 else { return nil }
        let others = stage.profiles.enumerated().filter { index, profile in
            index != chosen && profile.request.executor != stage.profiles[chosen].request.executor
        }
        let ways = others.prefix(3).map { _, other in
            way(other) + (plan.map { hasRoom(for: stage, as: other, in: $0) } ?? true ? "" : ", no room then")
        }
        return "\(stage.name) runs on \(way(stage.profiles[chosen])); \(ways.joined(separator: "; "))"
    }

    private static func way(_ profile: Plan.PricedProfile) -> String {
        let time = DurationText.short(milliseconds: profile.estimate.duration.wholeMilliseconds)
        let wait = profile.queueWait.wholeMilliseconds
        let queue = wait > 0 ? " after \(DurationText.short(milliseconds: wait)) in its queue" : ""
        let cost = AmountText.up(profile.use[.cost] ?? .zero, "cost")
        let penalty = profile.profile.penalty > .zero ? ", penalty \(profile.profile.penalty)" : ""
        return "\(profile.request.executor) as \(profile.profile.name): \(time)\(queue), cost \(cost)\(penalty)"
    }

    /// Whether the pool of another way has, when the stage starts, what that asks for beside what the plan's other stages
    /// hold of it then.
    private static func hasRoom(for stage: Plan.Stage, as other: Plan.PricedProfile, in plan: Plan) -> Bool {
        guard let start = stage.start, let capacity = plan.capacity(for: other.request) else { return true }
        let held = plan.stages.compactMap { holder -> ResourceRequest? in
            guard holder.name != stage.name, let chosen = holder.chosen, let from = holder.start else { return nil }
            let profile = holder.profiles[chosen]
            let isThere = from <= start && start < from + profile.time.inSeconds
            return isThere && profile.request.pool == other.request.pool ? profile.request : nil
        }
        let resources = PoolResource.fixed + other.request.custom.keys.map(PoolResource.custom)
        return resources.allSatisfy { resource in
            guard let there = resource.capacity(of: capacity) else { return true }
            return held.reduce(resource.amount(in: other.request)) { $0 + resource.amount(in: $1) } <= there
        }
    }
}
