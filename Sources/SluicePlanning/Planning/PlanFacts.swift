import SluiceModel

/// What is the same for every stage of a plan where names are looked up.
struct PlanFacts: Sendable {
    var params: JSONValue
    var revision: Revision
    var changed: ChangedPaths
    /// nil: no profiles are chosen yet.
    var isDegraded: Bool?
    var budgetLeft: [String: Double]

    init(
        params: JSONValue, revision: Revision, changed: ChangedPaths, isDegraded: Bool?,
        budgetLeft: [String: Double] = [:]
    ) {
        self.params = params
        self.revision = revision
        self.changed = changed
        self.isDegraded = isDegraded
        self.budgetLeft = budgetLeft
    }

    init(_ plan: Plan) {
        self.init(
            params: plan.params, revision: plan.revision, changed: plan.changed, isDegraded: plan.isDegraded,
            budgetLeft: plan.budgetLeft)
    }

    /// What a stage's names mean, as far as `results` of other stages are known.
    func scope(of stage: Plan.Stage, reading names: [NameUse], results: [String: RunEvent.StageEnd]) -> Scope {
        var scope = Scope(
            params: params, matrix: Dictionary(stage.cells.map { ($0.axis, $0.value) }) { first, _ in first },
            commit: revision.oid.hex, reference: revision.reference?.name, isTrusted: revision.isTrusted,
            isDegraded: isDegraded, changed: changed, budgetLeft: budgetLeft)
        for name in names {
            guard let other = name.name.stage, let end = stage.end(of: other, in: results) else { continue }
            scope.stages[other] = Scope.StageFacts(metrics: end.metrics, outputValues: end.outputValues)
        }
        return scope
    }
}

extension Plan.Stage {
    /// How a stage ended that this one names: an instance, or the selected one of a matrix.
    fileprivate func end(of other: String, in results: [String: RunEvent.StageEnd]) -> RunEvent.StageEnd? {
        if let end = results[other] { return end }
        guard let select = definition.select, select.from.value == other,
            let best = try? BestInstance.find(
                among: needs.filter { $0.hasPrefix(other + "[") }, metric: select.metric,
                direction: select.direction, in: results)
        else { return nil }
        return results[best]
    }
}
