/// A choice that keeps the budgets where one is easily found: every stage's best profile, then the switches that
/// relieve most for the least loss.
struct GreedySelection {
    private let model: GateModel
    private let goals: [SearchGoal]
    private var choice: [Int]
    private var used: [Int64]

    /// nil when the switches run out before the budgets hold.
    static func choose(_ model: GateModel, goals: [SearchGoal], steps: Int) -> [Int]? {
        guard model.profiles.allSatisfy({ !$0.isEmpty }) else { return nil }
        var selection = GreedySelection(model, goals)
        return selection.repair(steps: steps) ? selection.choice : nil
    }

    private init(_ model: GateModel, _ goals: [SearchGoal]) {
        self.model = model
        self.goals = goals
        choice = model.problem.stages.indices.map { stage in
            model.profiles[stage].min { Self.isBetter(model, goals, stage, $0, $1) } ?? 0
        }
        used = [Int64](repeating: 0, count: model.problem.budgets.count)
        for stage in model.order { add(stage, sign: 1) }
    }

    private static func isBetter(_ model: GateModel, _ goals: [SearchGoal], _ stage: Int, _ a: Int, _ b: Int) -> Bool {
        for goal in goals {
            let (left, right) =
                goal == .makespan
                ? (Int64(model.profile(stage, a).duration), Int64(model.profile(stage, b).duration))
                : (model.amount(goal, stage, a), model.amount(goal, stage, b))
            if left != right { return left < right }
        }
        return a < b
    }

    private mutating func add(_ stage: Int, sign: Int64) {
        let use = model.profile(stage, choice[stage]).use
        for budget in used.indices { used[budget] += sign * use[budget] }
    }

    private mutating func repair(steps: Int) -> Bool {
        for _ in 0..<max(1, steps) {
            let excess = used.indices.map { max(0, used[$0] - model.problem.budgets[$0].amount) }
            guard excess.contains(where: { $0 > 0 }) else { return true }
            guard let (stage, profile) = bestSwitch(excess) else { return false }
            add(stage, sign: -1)
            choice[stage] = profile
            add(stage, sign: 1)
        }
        return false
    }

    private func bestSwitch(_ excess: [Int64]) -> (Int, Int)? {
        var best: (stage: Int, profile: Int, score: Double)?
        for stage in model.order {
            for profile in model.profiles[stage] where profile != choice[stage] {
                let relief = relief(stage, profile, excess)
                guard relief > 0 else { continue }
                let loss = goals.first.map { goal in
                    Double(model.amount(goal, stage, profile) - model.amount(goal, stage, choice[stage]))
                }
                let score = relief / max(1e-9, loss ?? 0)
                if score > best?.score ?? 0 { best = (stage, profile, score) }
            }
        }
        return best.map { ($0.stage, $0.profile) }
    }

    /// The share of the excess that the switch takes away, less what it adds elsewhere.
    private func relief(_ stage: Int, _ profile: Int, _ excess: [Int64]) -> Double {
        let old = model.profile(stage, choice[stage]).use
        let new = model.profile(stage, profile).use
        var relief = 0.0
        for budget in used.indices {
            let before = Double(excess[budget])
            let after = Double(max(0, used[budget] + new[budget] - old[budget] - model.problem.budgets[budget].amount))
            relief += (before - after) / Double(max(1, model.problem.budgets[budget].amount))
        }
        return relief
    }
}
