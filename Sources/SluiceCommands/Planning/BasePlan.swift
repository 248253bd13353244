import SluiceModel
import SluicePlanning

/// The plan of the commit that another plan is compared with.
struct BasePlan {
    let maker: PlanMaker
    /// As a person named it.
    let revision: String

    func comparison(with plan: Plan, options: RunOptions) throws -> PlanComparison {
        let opener = RevisionOpener(context: maker.context)
        let opened = try opener.open(named: revision)
        let all = try PlanMaker.definitions(in: opened.tree)
        let definition =
            all.first { $0.name == plan.pipeline.name } ?? all.first { $0.source.path == plan.pipeline.path }
        guard let definition else {
            return PlanComparer.compare(
                plan, with: nil, at: opened.revision,
                obstacle: "\(opened.revision.oid.short) has no pipeline \(plan.pipeline.name): all of it is new")
        }
        // A commit without a reference of its own is planned for that of the new plan: what its conditions say of the
        // reference is no difference between the commits.
        var compared = opened
        compared.revision.reference = opened.revision.reference ?? plan.revision.reference
        let changed = try opener.changes(
            to: opened.revision, from: nil, trigger: plan.trigger, since: options.changedSince)
        do {
            let base = try maker.plan(
                definition, at: compared, trigger: plan.trigger, changed: changed, options: options,
                question: PlanQuestion(wantsKeyParts: true))
            return PlanComparer.compare(plan, with: base, at: opened.revision)
        } catch let invalid as InvalidDefinition {
            let first = invalid.diagnostics.first { $0.severity == .error }
            let why = first.map { ": \($0.message)" } ?? ""
            return PlanComparer.compare(
                plan, with: nil, at: opened.revision,
                obstacle: "\(plan.pipeline.name) is not valid in \(opened.revision.oid.short)\(why)")
        }
    }
}
