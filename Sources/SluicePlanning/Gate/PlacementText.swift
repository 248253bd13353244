import SluiceModel

/// Why a stage runs where it does, where it had the choice among executors.
enum PlacementText {
    /// "train runs on right as r: 40s, cost 0.01; left as l: 40s after 12m in its queue, cost 0.01"; nil where there was
    /// no choice.
    static func line(_ stage: Plan.Stage, _ chosen: Int) -> String? {
        let executors = Set(stage.profiles.map(\.request.executor))
        guard executors.count > 1 else { return nil }
        let others = stage.profiles.enumerated().filter { index, profile in
            index != chosen && profile.request.executor != stage.profiles[chosen].request.executor
        }
        let ways = others.prefix(3).map { way($0.element) }
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
}
