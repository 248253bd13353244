extension Gate {
    /// What the plan would cost under another value of one limit; no objective where it is refused.
    package struct WhatIf: Sendable, Equatable {
        package var limit: GateAnswer.LimitName
        package var value: Int64
        package var objective: GateAnswer.Objective?
        package var isProved: Bool
    }

    /// The curve over some values of one limit, each decided anew.
    package static func whatIf(
        _ problem: GateProblem, limit: GateAnswer.LimitName, values: [Int64], effort: GateEffort = .standard
    ) throws(GateProblemError) -> [WhatIf] {
        var curve: [WhatIf] = []
        for value in values {
            let changed = problem.setting(limit, to: max(0, value))
            let model = GateModel(changed, order: try changed.validatedOrder())
            let outcome = GateSearch.solve(model, goals: changed.objective.map(SearchGoal.init), effort: effort)
            let objective = outcome.hasPlan ? checkedObjective(model, outcome) : nil
            curve.append(.init(limit: limit, value: value, objective: objective, isProved: outcome.isProved))
        }
        return curve
    }

    /// The curve around where the limit is: at the smallest value that fits, at the given one, and somewhat above.
    package static func whatIf(
        _ problem: GateProblem, limit: GateAnswer.LimitName, effort: GateEffort = .standard
    ) throws(GateProblemError) -> [WhatIf] {
        let now = problem.amount(of: limit)
        let steps: [Int64] = [90, 100, 110, 125, 150]
        let values = steps.map { Int64(clamping: Int128(now) * Int128($0) / 100) }
        return try whatIf(problem, limit: limit, values: values, effort: effort)
    }

    private static func checkedObjective(_ model: GateModel, _ outcome: SearchOutcome) -> GateAnswer.Objective? {
        guard PlanChecker.violations(model.problem, choice: outcome.choice, start: outcome.start).isEmpty else {
            return nil
        }
        return objective(model, outcome)
    }
}
