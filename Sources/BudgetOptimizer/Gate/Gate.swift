/// Decides whether a plan fits its limits, which profiles it takes and when its stages start; where it does not fit,
/// why, and what would change that. Deterministic: equal input and effort give equal answers.
package enum Gate {
    /// Throws only what makes the problem meaningless; a plan that does not fit is an answer.
    package static func decide(
        _ problem: GateProblem, effort: GateEffort = .standard
    ) throws(GateProblemError) -> GateAnswer {
        let order = try problem.validatedOrder()
        let model = GateModel(problem, order: order)
        let outcome = GateSearch.solve(model, goals: problem.objective.map(SearchGoal.init), effort: effort)
        let isChecked =
            outcome.hasPlan
            && PlanChecker.violations(problem, choice: outcome.choice, start: outcome.start).isEmpty
        return isChecked ? accepted(model, outcome) : GateRefusal(model, outcome: outcome, effort: effort).answer()
    }

    private static func accepted(_ model: GateModel, _ outcome: SearchOutcome) -> GateAnswer {
        let open = outcome.isProved ? nil : zip(outcome.values, outcome.bounds).enumerated().first { $1.0 > $1.1 }
        let level = open?.offset ?? outcome.values.indices.last
        return GateAnswer(
            verdict: isDegraded(model, outcome.choice) ? .degrade : .admit, choice: outcome.choice,
            start: outcome.start, objective: objective(model, outcome), bound: level.map { outcome.bounds[$0] },
            gap: open.map { $0.element.0 - $0.element.1 } ?? 0, boundGoal: level.map { model.problem.objective[$0] },
            isProved: open == nil, method: outcome.method, conflict: [], fixes: [], together: [], shortages: [],
            certificate: nil)
    }

    static func objective(_ model: GateModel, _ outcome: SearchOutcome) -> GateAnswer.Objective {
        GateAnswer.Objective(
            penalty: model.value(.penalty, choice: outcome.choice, start: outcome.start),
            cost: model.value(.cost, choice: outcome.choice, start: outcome.start),
            makespan: model.makespan(choice: outcome.choice, start: outcome.start))
    }

    private static func isDegraded(_ model: GateModel, _ choice: [Int]) -> Bool {
        zip(model.problem.stages, choice).contains { stage, chosen in
            let profile = stage.profiles[chosen]
            return profile.isDegraded || stage.profiles.contains { $0.penalty < profile.penalty }
        }
    }
}
