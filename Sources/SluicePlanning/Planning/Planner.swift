import SluiceModel

/// Makes a plan of a linked pipeline: what will run, what need not, what it would take, and whether it may.
///
/// Runs nothing of the commit and reads only through the context's ports; equal input gives an equal plan.
package enum Planner {
    /// Edges between instances, beyond which a product of matrices is refused.
    private static let edgeLimit = 2_000_000

    package static func plan(
        _ linked: LinkedPipeline, in context: PlanningContext
    ) throws(PlanningError) -> Plan {
        let accounts = try context.standings(of: linked.pipeline)
        let facts = PlanFacts(
            params: linked.params, revision: context.revision, changed: context.changed, isDegraded: nil,
            budgetLeft: accounts.sharesLeft)
        var (stages, diagnostics) = try resolve(linked, in: context, facts: facts)
        var probe = CacheProbe(context: context, facts: facts, pipeline: linked.pipeline.name)
        for index in stages.indices { try probe.examine(&stages[index]) }
        try probe.lookBehind(&stages)
        diagnostics += probe.diagnostics
        if diagnostics.contains(where: { $0.severity == .error }) { throw .invalid(diagnostics) }
        var plan = Plan(
            pipeline: linked.pipeline, revision: context.revision, repository: context.repository,
            trigger: context.trigger, params: linked.params, changed: context.changed, stages: stages,
            decision: .policy("not decided yet"), diagnostics: linked.warnings + diagnostics, isDegraded: false,
            pool: context.pool, pools: context.pools, accounts: accounts, budgetLeft: facts.budgetLeft)
        for change in context.changes { change.apply(to: &plan) }
        if !plan.accounts.isEmpty { plan.undecided = plan.stages }
        choose(&plan)
        return plan
    }

    /// Decides a plan again, on accounts as they stand now.
    package static func decideAgain(_ plan: inout Plan, accounts: [AccountStanding]) {
        plan.accounts = accounts
        plan.stages = plan.undecided
        choose(&plan)
    }

    private static func choose(_ plan: inout Plan) {
        ReuseGate.decide(&plan)
        takeCached(in: &plan)
        settleConditions(of: &plan, known: plan.knownResults)
    }

    /// A stage whose chosen way was gone before needs not run: the gate has counted it as free.
    private static func takeCached(in plan: inout Plan) {
        for index in plan.stages.indices {
            guard let chosen = plan.stages[index].chosen, let cached = plan.stages[index].profiles[chosen].cached
            else { continue }
            plan.stages[index].cache = cached
            plan.stages[index].chosen = nil
            plan.stages[index].start = nil
        }
    }

    /// The instances in their order, with what their inputs lack.
    private static func resolve(
        _ linked: LinkedPipeline, in context: PlanningContext, facts: PlanFacts
    ) throws(PlanningError) -> ([Plan.Stage], [Diagnostic]) {
        let order = try order(of: linked.pipeline, only: context.options.stages)
        if let profile = context.options.profile { try checkProfile(profile, order, linked.pipeline) }
        try checkSize(order, linked.pipeline)
        let expanded = order.map { ($0, MatrixExpansion.instances(of: $0)) }
        let names = expanded.map { ($0.0.name, $0.1.map(\.name)) }
        var resolver = StageResolver(
            linked: linked, context: context, facts: facts, instances: Dictionary(names) { first, _ in first })
        var stages: [Plan.Stage] = []
        var edges = 0
        for (definition, instances) in expanded {
            let wanted = restricting(definition, to: context.options.profile)
            let resolved = try resolver.resolve(wanted, into: instances)
            edges += resolved.reduce(0) { $0 + $1.needs.count }
            if edges > edgeLimit { throw tooLarge("edges between instances", edgeLimit, linked.pipeline) }
            stages += resolved
        }
        SharedAllocations.settleWaits(of: &stages, shares: context.sharesAllocation)
        return (stages, resolver.diagnostics)
    }

    /// `--profile`: the only one that counts, where a stage has it.
    private static func restricting(_ stage: Pipeline.Stage, to profile: String?) -> Pipeline.Stage {
        guard let profile, let wanted = stage.profiles.first(where: { $0.name == profile }) else { return stage }
        var copy = stage
        copy.profiles = [wanted]
        return copy
    }

    /// What no stage has is a slip: it would silently mean all profiles.
    private static func checkProfile(
        _ profile: String, _ stages: [Pipeline.Stage], _ pipeline: Pipeline
    ) throws(PlanningError) {
        let known = Set(stages.flatMap { $0.profiles.map(\.name) })
        guard known.contains(profile) else {
            throw .invalid([LinkFindings.noProfile(profile, in: pipeline, known: Array(known))])
        }
    }

    private static func order(
        of pipeline: Pipeline, only wanted: [String]
    ) throws(PlanningError) -> [Pipeline.Stage] {
        let graph = StageGraph(pipeline.stages)
        let names = pipeline.stages.map(\.name)
        let unknown = wanted.filter { !names.contains($0) }
        guard unknown.isEmpty else {
            throw .invalid(unknown.map { LinkFindings.noStage($0, in: pipeline, known: names) })
        }
        let roots = names.indices.filter { wanted.contains(names[$0]) }
        let (order, circle) = graph.order(of: wanted.isEmpty ? Array(names.indices) : roots)
        if let circle {
            let place = pipeline.stage(named: circle[0])?.location ?? SourceLocation(file: pipeline.path)
            let message = "stages need each other in a circle: " + circle.joined(separator: " → ")
            throw .invalid([Diagnostic(id: "pipeline.cycle", message: message, location: place)])
        }
        return order.map { pipeline.stages[$0] }
    }

    static func checkSize(_ stages: [Pipeline.Stage], _ pipeline: Pipeline) throws(PlanningError) {
        let count = stages.reduce(0) { $0 + MatrixExpansion.count(of: $1) }
        if count > MatrixExpansion.stageLimit { throw tooLarge("stages", MatrixExpansion.stageLimit, pipeline) }
    }

    private static func tooLarge(_ what: String, _ limit: Int, _ pipeline: Pipeline) -> PlanningError {
        .invalid([
            Diagnostic(
                id: "plan.too-large", message: "\(pipeline.name) has more than \(limit) \(what) after matrix expansion",
                location: SourceLocation(file: pipeline.path), hint: "shorten the axes of its matrices")
        ])
    }

    /// `plan.degraded` is known only after the choice, which it never reopens: what it skips now is not started.
    private static func settleConditions(of plan: inout Plan, known: [String: RunEvent.StageEnd]) {
        let facts = PlanFacts(plan)
        var known = known
        for index in plan.stages.indices {
            var stage = plan.stages[index]
            if stage.condition == .unknown, let holds = Conditions.evaluate(stage, facts: facts, results: known) {
                stage.condition = holds ? .holds : .fails
            }
            let blocker = SkipRule.blocker(of: stage, results: known)
            if blocker != nil { stage.condition = .fails }
            if stage.condition == .fails, known[stage.name] == nil {
                known[stage.name] = RunEvent.StageEnd(outcome: .skipped)
                stage.cache = CacheState(
                    state: .off,
                    reason: blocker.map { "needs \($0), which is skipped" } ?? "its condition does not hold")
                stage.chosen = nil
                stage.start = nil
                stage.decision = nil
            }
            // The engine looks it up again once its condition is known; it stays free for the gate.
            if stage.condition == .unknown, stage.cache.state == .hit {
                stage.cache.state = .miss
                stage.cache.reason = "in the cache, if its condition holds"
            }
            plan.stages[index] = stage
        }
    }
}
