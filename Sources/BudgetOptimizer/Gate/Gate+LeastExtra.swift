extension Gate {
    /// Budgets to raise together so that a plan fits.
    package struct Extra: Sendable, Equatable {
        /// Every budget that is raised, with its present and its new amount.
        package var raises: [GateAnswer.Fix]
        /// Whether no other raise asks for less, each budget's raise measured in shares of that budget.
        package var isProved: Bool
    }

    /// The budgets whose raise is tried in all combinations.
    private static let mostCombined = 6

    /// The least extra over all budgets, capacities and deadline kept; nil where no budget helps.
    ///
    /// Every plan breaks exactly one set of budgets. For each set the weighted excess is minimised over the plans that
    /// spend at least what these budgets allow, which a complementary budget says: unspent room has a limit too.
    package static func leastExtra(
        _ problem: GateProblem, effort: GateEffort = .standard
    ) throws(GateProblemError) -> Extra? {
        let order = try problem.validatedOrder()
        let sets = sets(problem.budgets.count)
        var isProved = problem.budgets.count <= mostCombined
        var best: (excess: Double, raises: [GateAnswer.Fix])?
        for set in sets {
            let model = GateModel(overspending(problem, set), order: order)
            let allowances = model.problem.budgets.indices.map { set.contains($0) ? problem.budgets[$0].amount : nil }
            let outcome = GateSearch.solve(model, goals: [.excess(of: allowances)], effort: effort)
            isProved = isProved && outcome.isProved
            guard outcome.hasPlan else { continue }
            let raises = raises(problem, choice: outcome.choice)
            let excess = raises.reduce(0.0) { $0 + share($1) }
            if excess < best?.excess ?? .infinity { best = (excess, raises) }
        }
        return best.map { Extra(raises: $0.raises, isProved: isProved) }
    }

    /// All sets of budgets while they are few, else each alone and all together.
    private static func sets(_ count: Int) -> [[Int]] {
        guard count <= mostCombined else { return (0..<count).map { [$0] } + [Array(0..<count)] }
        return (1..<max(1, 1 << count)).map { mask in (0..<count).filter { mask >> $0 & 1 == 1 } }
    }

    /// The budgets of the set without their limits, but spent at least up to them.
    private static func overspending(_ problem: GateProblem, _ set: [Int]) -> GateProblem {
        var changed = set.reduce(problem) { $0.setting(.budget($1), to: nil) }
        for budget in set {
            let most = problem.stages.map { $0.profiles.map { $0.use[budget] }.max() ?? 0 }
            let room = most.reduce(0, +) - problem.budgets[budget].amount
            changed.budgets.append(.init(name: "at least \(problem.budgets[budget].name)", amount: max(0, room)))
            for stage in changed.stages.indices {
                for profile in changed.stages[stage].profiles.indices {
                    let use = problem.stages[stage].profiles[profile].use[budget]
                    changed.stages[stage].profiles[profile].use.append(most[stage] - use)
                }
            }
        }
        return changed
    }

    private static func share(_ raise: GateAnswer.Fix) -> Double {
        Double((raise.to ?? raise.from) - raise.from) / Double(max(1, raise.from))
    }

    private static func raises(_ problem: GateProblem, choice: [Int]) -> [GateAnswer.Fix] {
        problem.budgets.indices.compactMap { index in
            var used: Int64 = 0
            for (stage, chosen) in zip(problem.stages, choice) { used += stage.profiles[chosen].use[index] }
            let amount = problem.budgets[index].amount
            return used > amount ? .init(limit: .budget(index), from: amount, to: used, isProved: true) : nil
        }
    }
}
