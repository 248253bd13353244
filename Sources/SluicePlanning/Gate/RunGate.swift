import BudgetOptimizer
import SluiceModel

/// Decides whether a run may start, and before every attempt whether it may go on.
package enum RunGate {
    /// Puts the decision, the chosen profiles and the start times into a plan. `ways`: profiles that are fixed, by stage.
    static func decide(_ plan: inout Plan, ways: [Int: Int] = [:]) {
        plan.isDegraded = false
        guard let decision = refusalByPolicy(plan) else { return decideByArithmetic(&plan, ways.mapValues { [$0] }) }
        plan.decision = decision
    }

    /// Untrusted references run no deploy.
    private static func refusalByPolicy(_ plan: Plan) -> GateDecision? {
        guard !plan.revision.isTrusted, let deploy = plan.stages.first(where: { $0.isMandatory && $0.isDeploy })
        else { return nil }
        let name = plan.revision.reference?.name ?? plan.revision.oid.short
        return .policy("\(deploy.name) deploys, and \(name) is not trusted")
    }

    private static func decideByArithmetic(_ plan: inout Plan, _ only: [Int: [Int]]) {
        guard plan.stages.contains(where: \.isMandatory) else {
            let objective = GateDecision.Objective(penalty: .zero, cost: .zero, makespan: 0)
            plan.decision = GateDecision(
                verdict: .admit, limits: LimitTable.limits(of: plan, nil, nil), method: "nothing to run",
                objective: objective, bound: 0, gap: 0, explanation: ["nothing to run: it is all there"])
            return
        }
        let refuser = deployThatRefusesDegraded(plan)
        let builder = GateTaskBuilder(plan: plan, only: only, allowsDegraded: refuser == nil)
        let task = builder.build()
        let answer: GateAnswer
        do throws(GateProblemError) {
            answer = try Gate.decide(task.problem)
        } catch {
            plan.decision = .policy("the plan cannot be judged: \(error)")
            return
        }
        guard isSound(answer, task) else {
            let alternatives = alternatives(plan, refuser)
            let refusal = RefusalText(plan: plan, task: task, answer: answer).decision(alternatives)
            plan.decision = waiting(builder, instead: refusal, alternatives) ?? refusal
            return
        }
        fill(&plan, task, answer)
        guard let refuser, plan.isDegraded else { return }
        withdraw(&plan, because: "\(refuser) refuses a degraded run: allow_degraded would let it")
    }

    /// The solver proposes; exact arithmetic that shares no code with it admits.
    static func isSound(_ answer: GateAnswer, _ task: GateTask) -> Bool {
        guard !answer.choice.isEmpty else { return false }
        return PlanChecker.violations(task.problem, choice: answer.choice, start: answer.start).isEmpty
    }

    /// A deploy that would take part in a degraded run and may not; nil where none would.
    static func deployThatRefusesDegraded(_ plan: Plan) -> String? {
        var facts = PlanFacts(plan)
        facts.isDegraded = true
        let known = plan.knownResults
        return plan.stages.first { stage in
            guard stage.isMandatory, stage.isDeploy, !stage.definition.allowDegraded else { return false }
            return Conditions.evaluate(stage, facts: facts, results: known) != false
        }?.name
    }

    /// What other rules would let pass: lines for a person.
    private static func alternatives(_ plan: Plan, _ refuser: String?) -> [String] {
        func fits(_ builder: GateTaskBuilder) -> Bool {
            let task = builder.build()
            guard let answer = try? Gate.decide(task.problem) else { return false }
            return isSound(answer, task)
        }
        if let refuser, fits(GateTaskBuilder(plan: plan)) {
            return ["only a degraded run fits, and \(refuser) refuses one: allow_degraded would let it"]
        }
        guard plan.pipeline.budget.onExceed != .degrade else { return [] }
        var lenient = plan
        lenient.pipeline.budget.onExceed = .degrade
        return fits(GateTaskBuilder(plan: lenient)) ? ["on_exceed: degrade would fit"] : []
    }

    private static func fill(_ plan: inout Plan, _ task: GateTask, _ answer: GateAnswer) {
        for index in plan.stages.indices where !task.profiles[index].isEmpty {
            let chosen = task.profiles[index][answer.choice[index]]
            plan.stages[index].chosen = chosen
            plan.stages[index].start = task.grid.seconds(answer.start[index])
            plan.stages[index].decision = stageDecision(plan.stages[index], chosen, method: answer.method)
            if plan.stages[index].profiles[chosen].profile.isDegraded { plan.isDegraded = true }
        }
        let reasons = DegradeText(plan: plan, task: task).reasons
        for index in plan.stages.indices where plan.stages[index].decision?.verdict == .degrade {
            plan.stages[index].decision?.explanation += reasons.prefix(2)
        }
        plan.decision = admitted(plan, task, answer)
    }

    private static func admitted(_ plan: Plan, _ task: GateTask, _ answer: GateAnswer) -> GateDecision {
        let isWorse = plan.stages.contains { $0.decision?.verdict == .degrade }
        let objective = answer.objective.map {
            GateDecision.Objective(
                penalty: task.penaltyScale.amount($0.penalty), cost: task.costScale.amount($0.cost),
                makespan: task.grid.seconds($0.makespan))
        }
        return GateDecision(
            verdict: isWorse ? .degrade : .admit, limits: LimitTable.limits(of: plan, task, answer),
            method: answer.method, objective: objective, bound: answer.bound.map { task.value($0, answer.boundGoal) },
            gap: task.value(answer.gap, answer.boundGoal),
            explanation: Array(((isWorse ? DegradeText(plan: plan, task: task).lines : []) + places(plan)).prefix(4)))
    }

    /// Why stages run where they do, where they had a choice; of the first ones.
    private static func places(_ plan: Plan) -> [String] {
        Array(
            plan.stages.lazy.compactMap { stage in stage.chosen.flatMap { PlacementText.line(stage, $0, in: plan) } }
                .prefix(4))
    }

    /// The decision for one stage, with the declared loss where it runs in a worse way.
    static func stageDecision(_ stage: Plan.Stage, _ chosen: Int, method: String) -> GateDecision {
        var stage = stage
        stage.chosen = chosen
        let profile = stage.profiles[chosen].profile.name
        let place = [PlacementText.line(stage, chosen)].compactMap(\.self)
        guard let loss = DegradeText.loss(stage) else {
            return GateDecision(verdict: .admit, profile: profile, method: method, explanation: place)
        }
        return GateDecision(
            verdict: .degrade, profile: profile, method: method, explanation: ["\(stage.name) runs \(loss)"] + place)
    }

    private static func withdraw(_ plan: inout Plan, because reason: String) {
        for index in plan.stages.indices {
            plan.stages[index].chosen = nil
            plan.stages[index].start = nil
            plan.stages[index].decision = nil
        }
        plan.isDegraded = false
        plan.decision = .policy(reason)
    }
}

extension Plan {
    /// How stages end of which that is known before the run.
    package var knownResults: [String: RunEvent.StageEnd] {
        var known: [String: RunEvent.StageEnd] = [:]
        for stage in stages {
            if stage.condition == .fails {
                known[stage.name] = RunEvent.StageEnd(outcome: .skipped)
            } else if stage.condition == .holds, let entry = stage.cache.entry {
                known[stage.name] = entry.end
            }
        }
        return known
    }
}

extension CacheEntry {
    /// How a stage ends that takes this result.
    package var end: RunEvent.StageEnd {
        RunEvent.StageEnd(outcome: .cached, metrics: metrics, outputValues: outputValues, artifacts: artifacts)
    }
}
