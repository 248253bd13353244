import SluiceModel

/// Whether a stage's `if` holds.
package enum Conditions {
    /// nil while that depends on a stage that has not ended. A stage without `if` runs; one whose `if` cannot be
    /// read (the linker refuses it) never does.
    package static func evaluate(
        _ stage: Plan.Stage, in plan: Plan, results: [String: RunEvent.StageEnd]
    ) -> Bool? {
        evaluate(stage, facts: PlanFacts(plan), results: results)
    }

    static func evaluate(
        _ stage: Plan.Stage, facts: PlanFacts, results: [String: RunEvent.StageEnd]
    ) -> Bool? {
        guard let text = stage.definition.condition?.value else { return true }
        guard let expression = try? Expression(parsing: text) else { return false }
        return expression.holds(in: facts.scope(of: stage, reading: expression.names, results: results))
    }
}
