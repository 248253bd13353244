import SluiceModel

/// Attempts of a run that share an allocation wait in its executor's queue once: whatever comes behind one of them finds
/// the allocation there.
enum SharedAllocations {
    /// `stages` are in an order in which none comes before what it needs; `shares`: whether a request is served from the
    /// allocation of its executor.
    static func settleWaits(of stages: inout [Plan.Stage], shares: (ResourceRequest) -> Bool) {
        guard stages.contains(where: { $0.profiles.contains { shares($0.request) } }) else { return }
        // The executors whose allocation is there when a stage has ended, whatever was chosen for it.
        var there: [String: Set<String>] = [:]
        for index in stages.indices {
            let stage = stages[index]
            var known = stage.needs.reduce(into: Set<String>()) { $0.formUnion(there[$1] ?? []) }
            for (number, profile) in stage.profiles.enumerated()
            where known.contains(profile.request.executor) && shares(profile.request) {
                stages[index].profiles[number].queueWait = .zero
            }
            let executors = Set(stage.profiles.map { shares($0.request) ? $0.request.executor : nil })
            if executors.count == 1, let only = executors.first ?? nil { known.insert(only) }
            there[stage.name] = known
        }
    }
}
