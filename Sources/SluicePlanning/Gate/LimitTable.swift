import BudgetOptimizer
import SluiceModel

/// The table of limits of a decision: what is allowed, used, reserved, asked for and left.
enum LimitTable {
    /// Every limit of the run and of its accounts. Without an answer nothing is asked for; refused, the least that
    /// would be. `view`: what to count of others, where that is not what the task counted.
    static func limits(
        of plan: Plan, _ task: GateTask?, _ answer: GateAnswer?, view: AccountView? = nil
    ) -> [GateDecision.Limit] {
        let lines = task?.budgets.map(\.limit) ?? plan.scopedLimits(RunProgress())
        let shown = view.map { plan.scopedLimits(task?.progress ?? RunProgress(), view: $0) } ?? lines
        let rows = shown.enumerated().map { index, line in
            row(
                line.scope, line.resource, line.limit, used: line.used, reserved: line.reserved, .budget(index), task,
                answer)
        }
        guard let wall = plan.pipeline.budget.limits.first(where: { $0.resource == .wall }) else { return rows }
        let taken = task?.stated(.deadline, in: plan).taken ?? .zero
        let deadline = row(
            ScopedLimit.run, .wall, wall.amount, used: taken, reserved: .zero, .deadline, task, answer)
        // In the order in which the pipeline says them.
        let before = plan.pipeline.budget.limits.prefix { $0.resource != .wall }.count(where: \.resource.isSummed)
        return rows.prefix(before) + [deadline] + rows.dropFirst(before)
    }

    private static func row(
        _ scope: String, _ resource: BudgetResource, _ limit: Amount, used: Amount, reserved: Amount,
        _ name: GateAnswer.LimitName, _ task: GateTask?, _ answer: GateAnswer?
    ) -> GateDecision.Limit {
        GateDecision.Limit(
            scope: scope, resource: resource.rawValue, limit: limit, used: used, reserved: reserved,
            asked: task.flatMap { task in answer.map { asked(name, task, $0) } } ?? .zero,
            left: limit - used - reserved)
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
