import SluiceModel

extension CacheProbe {
    /// Looks once more for what reads the result of a stage which need not run where another way of it will do: as it is
    /// if it does. Such a chain is followed to its end.
    func lookBehind(_ stages: inout [Plan.Stage]) throws(PlanningError) {
        var ahead = self
        var ways: [String: Int] = [:]
        for index in stages.indices where ahead.known[stages[index].name] == nil {
            let before = stages[index].needs.compactMap { need in ways[need].map { (need, $0) } }
            if !before.isEmpty, stages[index].cache.key == nil {
                try ahead.look(at: &stages[index], behind: Dictionary(before) { first, _ in first })
            }
            guard ahead.known[stages[index].name] == nil, let way = stages[index].freeWay,
                let entry = stages[index].found(way)?.entry
            else { continue }
            ways[stages[index].name] = way
            ahead.take(entry, of: stages[index])
        }
    }

    private mutating func look(at stage: inout Plan.Stage, behind ways: [String: Int]) throws(PlanningError) {
        var copy = stage
        try examine(&copy)
        guard copy.condition == .fails || copy.cache.key != nil else { return }
        if copy.condition != .fails { known[stage.name] = nil }
        let others = copy.profiles.indices.compactMap { way in copy.profiles[way].cached.map { (way, $0) } }
        stage.cacheBehind = Plan.CacheBehind(
            ways: ways, condition: copy.condition, cache: copy.cache, others: Dictionary(others) { first, _ in first })
    }
}

extension Plan.Stage {
    /// The way with the smallest penalty that costs nothing, its own or one behind others: the one that a gate takes if
    /// it takes any of them.
    var freeWay: Int? {
        guard cacheBehind?.condition ?? condition == .holds else { return nil }
        return profiles.indices.filter { found($0)?.entry != nil }.min {
            profiles[$0].profile.penalty < profiles[$1].profile.penalty
        }
    }

    /// What this way of running it has had already.
    func found(_ way: Int) -> CacheState? {
        profiles[way].cached ?? (way == 0 ? cacheBehind?.cache : cacheBehind?.others[way])
    }
}
