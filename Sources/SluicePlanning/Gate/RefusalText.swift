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
            let needed = AmountText.roundedUp(task.amount(shortage.needed, of: shortage.limit), unit)
            let left = AmountText.roundedDown(max(.zero, stated.limit - stated.taken), unit)
            let there = isCapacity(shortage.limit) ? "there" : "left"
            let head =
                "\(name(of: shortage.limit)): at least \(AmountText.exact(needed, unit)) needed, "
                + "\(AmountText.exact(left, unit)) \(there): \(AmountText.exact(needed - left, unit)) short"
            let shares = shares(of: shortage, unit)
            return shares.isEmpty ? head : head + "; " + shares.joined(separator: ", ")
        }
        if !lines.isEmpty { return lines }
        let names = unique(answer.conflict.map(name))
        return [
            names.isEmpty
                ? "no way was found to keep all limits" : names.joined(separator: " and ") + " cannot hold together"
        ]
    }

    /// To a person a capacity is what the pool has of something.
    private func name(of limit: GateAnswer.LimitName) -> String {
        guard case .capacity(let index) = limit else { return task.name(of: limit) }
        return task.capacities[index].name
    }

    /// "train (2 instances) 0.44, evaluate 0.05": who needs most, the instances of a matrix together.
    private func shares(of shortage: GateAnswer.Shortage, _ unit: String) -> [String] {
        var groups: [(stage: String, names: [String], amount: Amount)] = []
        for index in shortage.stages {
            let stage = plan.stages[index]
            let share = share(index, shortage.limit)
            if let known = groups.firstIndex(where: { $0.stage == stage.definition.name }) {
                groups[known].names.append(stage.name)
                // What is held at one time is not more for two that may come one after the other.
                groups[known].amount =
                    isCapacity(shortage.limit) ? max(groups[known].amount, share) : groups[known].amount + share
            } else {
                groups.append((stage.definition.name, [stage.name], share))
            }
        }
        // Who takes a twentieth of it is not whom to look at.
        let total = groups.reduce(Amount.zero) { $0 + $1.amount }
        return groups.filter { $0.amount.billionths * 20 >= total.billionths }.map { group in
            let name = group.names.count == 1 ? group.names[0] : "\(group.stage) (\(group.names.count) instances)"
            return "\(name) \(AmountText.up(group.amount, unit))"
        }
    }

    private func pool(of limit: GateAnswer.LimitName) -> String? {
        guard case .capacity(let index) = limit else { return nil }
        return task.capacities[index].pool ?? "the pool"
    }

    private func isCapacity(_ limit: GateAnswer.LimitName) -> Bool {
        if case .capacity = limit { true } else { false }
    }

    /// What a stage takes at least.
    private func share(_ stage: Int, _ limit: GateAnswer.LimitName) -> Amount {
        let profiles = task.problem.stages[stage].profiles
        let least: Int64
        switch limit {
        case .budget(let index): least = profiles.map { $0.use[index] }.min() ?? 0
        case .capacity(let index): least = profiles.map { $0.demand[index] }.min() ?? 0
        case .deadline, .window: least = Int64(profiles.map(\.duration).min() ?? 0)
        }
        return task.amount(least, of: limit)
    }

    /// "cost 0.1 → 0.31"
    private func change(_ original: GateAnswer.Fix) -> String? {
        let fix = fix(original)
        guard let to = fix.to else { return nil }
        let unit = task.resource(of: original.limit)
        let name = pool(of: original.limit).map { "\(unit) of \($0)" } ?? fix.limit
        return "\(name) \(AmountText.stated(fix.from, unit)) → \(AmountText.up(to, unit))"
    }

    /// "fix: cost 0.1 → 0.31; or deadline 10m → 12m", "fix, all together: cost 0.1 → 0.31, gpu_hours 1 → 2"
    private func fixLine(_ fixes: [GateDecision.Fix]) -> [String] {
        let mending = answer.fixes.compactMap(change)
        if !mending.isEmpty { return ["fix: " + mending.prefix(3).joined(separator: "; or ")] }
        let together = answer.together.compactMap(change)
        if !together.isEmpty { return ["fix, all together: " + together.joined(separator: ", ")] }
        return fixes.isEmpty ? [] : ["no single limit alone mends it"]
    }
}
