import BudgetOptimizer
import SluiceModel

/// Turns a refusal into names, units and at most four lines for a person.
struct RefusalText {
    let plan: Plan
    let task: GateTask
    let answer: GateAnswer

    /// `alternatives` are lines about other rules that would let it pass.
    func decision(_ alternatives: [String]) -> GateDecision {
        let fixes = answer.fixes.map(fix)
        let lines = shortages.prefix(2) + fixLine(fixes) + alternatives
        return GateDecision(
            verdict: .refuse, reason: reason,
            limits: LimitTable.limits(of: plan, task, answer)
                + LimitTable.capacities(task, answer),
            conflict: unique(answer.conflict.map(task.name)), fixes: fixes, method: answer.method,
            explanation: Array(lines.prefix(4)))
    }

    private var reason: GateDecision.Reason {
        switch answer.verdict {
        case .refuse(.capacity): .capacity
        case .refuse(.budget): .budget
        case .refuse(.deadline), .admit, .degrade: .deadline
        }
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// In the limit's own terms: what is used and reserved already comes on top.
    private func fix(_ fix: GateAnswer.Fix) -> GateDecision.Fix {
        let stated = task.stated(fix.limit, in: plan)
        return GateDecision.Fix(
            limit: task.name(of: fix.limit), from: stated.limit,
            to: fix.to.map { task.amount($0, of: fix.limit) + stated.taken })
    }

    /// "cost: at least 0.31 needed, 0.1 left: 0.21 short; train 0.22, evaluate 0.05"
    private var shortages: [String] {
        let lines = answer.shortages.map { shortage in
            let unit = task.resource(of: shortage.limit)
            let stated = task.stated(shortage.limit, in: plan)
            let needed = task.amount(shortage.needed, of: shortage.limit)
            let left = max(.zero, stated.limit - stated.taken)
            let there = isCapacity(shortage.limit) ? "there" : "left"
            let head =
                "\(task.name(of: shortage.limit)): at least \(AmountText.up(needed, unit)) needed, "
                + "\(AmountText.exact(left, unit)) \(there): \(AmountText.up(needed - left, unit)) short"
            let stages = shortage.stages.map { "\(plan.stages[$0].name) \(share($0, shortage.limit, unit))" }
            return stages.isEmpty ? head : head + "; " + stages.joined(separator: ", ")
        }
        if !lines.isEmpty { return lines }
        let names = unique(answer.conflict.map(task.name))
        return [
            names.isEmpty
                ? "no way was found to keep all limits" : names.joined(separator: " and ") + " cannot hold together"
        ]
    }

    private func isCapacity(_ limit: GateAnswer.LimitName) -> Bool {
        if case .capacity = limit { true } else { false }
    }

    /// What a stage takes at least.
    private func share(_ stage: Int, _ limit: GateAnswer.LimitName, _ unit: String) -> String {
        let profiles = task.problem.stages[stage].profiles
        let least: Int64
        switch limit {
        case .budget(let index): least = profiles.map { $0.use[index] }.min() ?? 0
        case .capacity(let index): least = profiles.map { $0.demand[index] }.min() ?? 0
        case .deadline, .window: least = Int64(profiles.map(\.duration).min() ?? 0)
        }
        return AmountText.up(task.amount(least, of: limit), unit)
    }

    /// "fix: cost 0.1 → 0.31; or deadline 10m → 12m"
    private func fixLine(_ fixes: [GateDecision.Fix]) -> [String] {
        let mending = zip(fixes, answer.fixes).compactMap { fix, original -> String? in
            guard let to = fix.to else { return nil }
            let unit = task.resource(of: original.limit)
            return "\(fix.limit) \(AmountText.exact(fix.from, unit)) → \(AmountText.up(to, unit))"
        }
        if mending.isEmpty { return fixes.isEmpty ? [] : ["no single limit alone mends it"] }
        return ["fix: " + mending.prefix(3).joined(separator: "; or ")]
    }
}
