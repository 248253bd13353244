import BudgetOptimizer
import SluiceModel

/// The table of limits of a decision: what is allowed, used, reserved, asked for and left.
enum LimitTable {
    /// Every limit of the run. Without an answer nothing is asked for; refused, the least that would be.
    static func limits(of plan: Plan, _ task: GateTask?, _ answer: GateAnswer?) -> [GateDecision.Limit] {
        plan.pipeline.budget.limits.filter { $0.resource.isSummed || $0.resource == .wall }.map { limit in
            var row = GateDecision.Limit(
                scope: "run", resource: limit.resource.rawValue, limit: limit.amount, used: .zero, reserved: .zero,
                asked: .zero, left: limit.amount)
            guard let task else { return row }
            let line = task.budgets.firstIndex { $0.resource == limit.resource }
            let name = line.map { GateAnswer.LimitName.budget($0) } ?? .deadline
            if let line {
                row.used = task.budgets[line].used
                row.reserved = task.budgets[line].reserved
            } else {
                row.used = task.stated(.deadline, in: plan).taken
            }
            row.left = limit.amount - row.used - row.reserved
            if let answer { row.asked = asked(name, task, answer) }
            return row
        }
    }

    /// Capacities that take part in a refusal.
    static func capacities(_ task: GateTask, _ answer: GateAnswer) -> [GateDecision.Limit] {
        answer.shortages.compactMap { shortage in
            guard case .capacity(let index) = shortage.limit else { return nil }
            let line = task.capacities[index]
            return GateDecision.Limit(
                scope: "pool", resource: line.name, limit: line.amount, used: .zero, reserved: .zero,
                asked: line.scale.amount(shortage.needed), left: line.amount)
        }
    }

    private static func asked(_ limit: GateAnswer.LimitName, _ task: GateTask, _ answer: GateAnswer) -> Amount {
        if let shortage = answer.shortages.first(where: { $0.limit == limit }) {
            return task.amount(shortage.needed, of: limit)
        }
        switch limit {
        case .deadline, .window, .capacity:
            return answer.objective.map { task.grid.amount(Int64($0.makespan)) } ?? .zero
        case .budget(let index):
            let amounts = task.problem.stages.indices.map { stage in
                let profiles = task.problem.stages[stage].profiles
                guard !answer.choice.isEmpty else { return profiles.map { $0.use[index] }.min() ?? 0 }
                return profiles[answer.choice[stage]].use[index]
            }
            return task.amount(amounts.reduce(0, +), of: limit)
        }
    }
}
