import SluiceModel

/// Sets two plans of a pipeline side by side.
package enum PlanComparer {
    /// `before` is nil where the other commit has no such pipeline; `obstacle` says why.
    package static func compare(
        _ after: Plan, with before: Plan?, at base: Revision, obstacle: String? = nil
    ) -> PlanComparison {
        let old = Dictionary((before?.stages ?? []).map { ($0.name, $0) }) { first, _ in first }
        let changed = after.stages.map { change(old[$0.name], $0) }
        let names = Set(after.stages.map(\.name))
        let gone = (before?.stages ?? []).filter { !names.contains($0.name) }.map { change($0, nil) }
        return PlanComparison(
            base: base, before: before, after: after, obstacle: obstacle, stages: changed + gone)
    }

    private static func change(_ old: Plan.Stage?, _ new: Plan.Stage?) -> PlanComparison.StageChange {
        let (before, after) = (old.map(share), new.map(share))
        let name = new?.name ?? old?.name ?? ""
        guard let old else { return .init(name: name, kind: .added, reasons: [], before: nil, after: after) }
        guard let new else { return .init(name: name, kind: .removed, reasons: [], before: before, after: nil) }
        let reasons = reasons(old, new)
        let isSame = reasons.isEmpty && before == after
        return .init(
            name: name, kind: isSame ? .same : .changed, reasons: reasons.isEmpty ? effects(before, after) : reasons,
            before: before, after: after)
    }

    /// What a stage would take: that of the preferred profile where the gate chose none.
    private static func share(_ stage: Plan.Stage) -> PlanComparison.Share {
        let runs = stage.condition != .fails && stage.cache.state != .hit
        let index = stage.chosen ?? 0
        guard stage.profiles.indices.contains(index) else {
            return .init(runs: runs, profile: nil, duration: 0, use: [:])
        }
        let profile = stage.profiles[index]
        return .init(
            runs: runs, profile: profile.profile.name, duration: runs ? profile.estimate.duration.inSeconds : 0,
            use: runs ? profile.use : [:])
    }

    /// Which parts of the cache key differ, and what else decides about time and cost.
    private static func reasons(_ old: Plan.Stage, _ new: Plan.Stage) -> [String] {
        var reasons: [String] = []
        if let before = old.keyParts, let after = new.keyParts {
            let (before, after) = comparable(before, after)
            reasons += MissReason.differences(from: before, to: after, plugin: new.plugin?.manifest.name)
        }
        let (hadInputs, hasInputs) = (old.inputs.map(\.name), new.inputs.map(\.name))
        reasons += hasInputs.filter { !hadInputs.contains($0) }.map { "input \($0) is new" }
        reasons += hadInputs.filter { !hasInputs.contains($0) }.map { "input \($0) is gone" }
        // What an earlier stage makes anew may turn out the same: then this one need not run after all.
        if let upstream = new.cache.upstream, old.cache.upstream == nil {
            reasons.append("reads what \(upstream) makes")
        }
        if old.condition != new.condition, old.condition == .fails || new.condition == .fails {
            reasons.append(new.condition == .fails ? "its condition does not hold any more" : "its condition holds now")
        }
        return reasons + resources(old, new)
    }

    /// Without inputs that only one of the plans knows yet.
    private static func comparable(
        _ before: [CacheKeyPart], _ after: [CacheKeyPart]
    ) -> (before: [CacheKeyPart], after: [CacheKeyPart]) {
        func inputs(_ parts: [CacheKeyPart]) -> Set<String> {
            Set(parts.map(\.name).filter { $0.hasPrefix("input.") })
        }
        let unknown = inputs(before).symmetricDifference(inputs(after))
        return (before.filter { !unknown.contains($0.name) }, after.filter { !unknown.contains($0.name) })
    }

    private static func resources(_ old: Plan.Stage, _ new: Plan.Stage) -> [String] {
        guard let before = old.profiles[safe: old.chosen ?? 0], let after = new.profiles[safe: new.chosen ?? 0]
        else { return [] }
        var changes: [String] = []
        if before.profile.name != after.profile.name {
            changes.append("profile \(before.profile.name) → \(after.profile.name)")
        } else if before.request != after.request {
            changes.append("profile \(after.profile.name) asks for other resources")
        }
        if before.price != after.price { changes.append("price \(before.price) → \(after.price) an hour") }
        if before.estimate.duration != after.estimate.duration, before.estimate.source == after.estimate.source,
            after.estimate.source != .history
        {
            let old = DurationText.short(before.estimate.duration)
            changes.append("estimate \(old) → \(DurationText.short(after.estimate.duration))")
        }
        return changes
    }

    /// Where nothing of the stage itself differs and yet one of the plans has it run.
    private static func effects(_ before: PlanComparison.Share?, _ after: PlanComparison.Share?) -> [String] {
        switch (before?.runs, after?.runs) {
        case (false, true): ["runs, its result is not there"]
        case (true, false): ["does not run any more"]
        default: []
        }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
