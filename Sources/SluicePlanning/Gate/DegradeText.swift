import BudgetOptimizer
import SluiceModel

/// Why stages run in a worse way than they could, and what that costs: at most four lines for a person.
struct DegradeText {
    /// With the chosen profiles.
    let plan: Plan
    let task: GateTask

    var lines: [String] { Array((losses.prefix(3) + reasons).prefix(4)) }

    /// "the best profiles need cost 2.68, 1 is left: 1.68 short"
    var reasons: [String] {
        let found = shortBudgets + shortCapacities
        if !found.isEmpty { return found }
        let first = plan.pipeline.budget.objective.first ?? .penalty
        if first != .penalty { return ["the pipeline's first objective is \(first.rawValue)"] }
        return plan.wallLimit.map { ["the best profiles do not end within \(AmountText.exact($0, "wall"))"] } ?? []
    }

    /// What still has to run.
    private var mandatory: [Plan.Stage] {
        plan.stages.indices.filter { index in
            plan.stages[index].isMandatory && !task.progress.ended.contains(index)
                && task.progress.running[index] == nil
        }.map { plan.stages[$0] }
    }

    private var shortBudgets: [String] {
        task.budgets.map(\.limit).compactMap { line in
            let wanted = mandatory.reduce(Amount.zero) { $0 + ($1.best?.amount(of: line.resource) ?? .zero) }
            guard wanted > line.left else { return nil }
            let unit = line.resource.rawValue
            let needed = AmountText.roundedUp(wanted, unit)
            let left = AmountText.roundedDown(max(.zero, line.left), unit)
            return "the best profiles need \(line.name) \(AmountText.exact(needed, unit)), "
                + "\(AmountText.exact(left, unit)) is left: \(AmountText.exact(needed - left, unit)) short"
        }
    }

    private var shortCapacities: [String] {
        PoolResource.fixed.compactMap { resource in
            for stage in mandatory {
                guard let best = stage.best, let capacity = plan.capacity(for: best.request),
                    let there = resource.capacity(of: capacity), resource.amount(in: best.request) > there
                else { continue }
                let wanted = AmountText.exact(resource.amount(in: best.request), resource.name)
                return "\(stage.name) as \(best.profile.name) asks for \(resource.name) \(wanted), "
                    + "\(best.request.pool ?? "the pool") has \(AmountText.stated(there, resource.name))"
            }
            return nil
        }
    }

    /// Stages with the same loss in one line.
    private var losses: [String] {
        var groups: [(loss: String, names: [String])] = []
        for stage in plan.stages {
            guard let loss = Self.loss(stage) else { continue }
            if let index = groups.firstIndex(where: { $0.loss == loss }) {
                groups[index].names.append(stage.name)
            } else {
                groups.append((loss, [stage.name]))
            }
        }
        return groups.map { group in
            "\(StageNames.list(group.names)) \(group.names.count == 1 ? "runs" : "run") \(group.loss)"
        }
    }

    /// "as small instead of large: epochs 5, not 20, penalty 3, marks the run degraded"; nil where it runs as well as it
    /// can.
    static func loss(_ stage: Plan.Stage) -> String? {
        guard let chosen = stage.chosen, let best = stage.best else { return nil }
        let profile = stage.profiles[chosen].profile
        guard profile.isDegraded || best.profile.penalty < profile.penalty else { return nil }
        let mark = profile.isDegraded ? ", marks the run degraded" : ""
        let changes = differences(profile.with, best.profile.with, base: stage.definition.with.value)
        let loss = (changes + ["penalty \(profile.penalty)"]).joined(separator: ", ")
        return "as \(profile.name) instead of \(best.profile.name): \(loss)\(mark)"
    }

    /// "epochs 5, not 20": what its plugin is told otherwise, at most two of it, each with a short value.
    private static func differences(
        _ chosen: [String: JSONValue], _ best: [String: JSONValue], base: JSONValue
    ) -> [String] {
        Set(chosen.keys).union(best.keys).sorted().compactMap { name in
            guard let now = chosen[name] ?? base[name], now != best[name] ?? base[name] else { return nil }
            guard let before = best[name] ?? base[name] else { return "\(name) \(short(now))" }
            return "\(name) \(short(now)), not \(short(before))"
        }.prefix(2).map(\.self)
    }

    private static func short(_ value: JSONValue) -> String {
        let text = value.plainText
        return text.count > longestValue ? text.prefix(longestValue) + "…" : text
    }

    private static let longestValue = 20
}

extension Plan.Stage {
    /// The profile with the smallest penalty.
    var best: Plan.PricedProfile? { profiles.min { $0.profile.penalty < $1.profile.penalty } }
}

extension PoolResource {
    /// Those that every pool may state.
    static let fixed: [PoolResource] = [.cpus, .memory, .gpus, .disk, .network]
}
