import BudgetOptimizer
import SluiceModel

extension RunGate {
    /// What the rest of a run holds of its accounts: everything that has to run and does not run yet, as it was
    /// chosen. `but` is left out: it is about to take its share.
    package static func rest(
        of plan: Plan, progress: RunProgress, but index: Int? = nil
    ) -> [BudgetResource: Amount] {
        var rest: [BudgetResource: Amount] = [:]
        for (position, stage) in plan.stages.enumerated() where position != index && stage.isMandatory {
            guard !progress.ended.contains(position), progress.running[position] == nil, !stage.profiles.isEmpty
            else { continue }
            for (resource, amount) in stage.profiles[stage.chosen ?? 0].amounts {
                rest[resource, default: .zero] += amount
            }
        }
        return rest
    }

    /// Whether an attempt at a stage may start with what was really used so far, and with which of its profiles:
    /// the chosen one or another, such that the mandatory rest still fits behind it. The profile is nil unless it is
    /// admitted. Passing load of the pool is not judged here.
    ///
    /// `wait`: it would fit if running attempts used no more than they have; `refuse`: it cannot fit any more.
    package static func admission(
        of index: Int, in plan: Plan, progress: RunProgress
    ) -> (decision: GateDecision, profile: Int?) {
        let chosen = plan.stages[index].chosen ?? 0
        let asked = Remainder(plan: plan, progress: progress, index: index, chosen: chosen)
        guard asked.fits, plan.wallLimit == nil || keepsDeadline(asked) else {
            return decideAnew(index, plan, progress)
        }
        return (asked.decision(plan.stages[index], method: "plan"), chosen)
    }

    /// The plan's own choice, scheduled anew.
    private static func keepsDeadline(_ asked: Remainder) -> Bool {
        let task = GateTaskBuilder(plan: asked.plan, progress: asked.progress, only: asked.choices).build()
        guard let answer = try? Gate.decide(task.problem, effort: GateEffort(nodes: 1, schedules: 20)) else {
            return false
        }
        return !answer.choice.isEmpty
            && PlanChecker.violations(task.problem, choice: answer.choice, start: answer.start).isEmpty
    }

    private static func decideAnew(
        _ index: Int, _ plan: Plan, _ progress: RunProgress
    ) -> (decision: GateDecision, profile: Int?) {
        var builder = GateTaskBuilder(plan: plan, progress: progress)
        builder.allowsDegraded = plan.isDegraded || deployThatRefusesDegraded(plan) == nil
        builder.only[index] = builder.preferred(index)
        let task = builder.build()
        let answer: GateAnswer
        do throws(GateProblemError) {
            answer = try Gate.decide(task.problem)
        } catch {
            return (.policy("what is left cannot be judged: \(error)"), nil)
        }
        guard isSound(answer, task) else {
            return (refusal(builder, RefusalText(plan: plan, task: task, answer: answer)), nil)
        }
        let profile = task.profiles[index][answer.choice[index]]
        var decision = stageDecision(plan.stages[index], profile, method: answer.method)
        if decision.verdict == .degrade {
            decision.explanation += DegradeText(plan: plan, task: task).reasons.prefix(2)
        }
        decision.limits = LimitTable.limits(of: plan, task, answer)
        return (decision, profile)
    }

    private static func refusal(_ builder: GateTaskBuilder, _ text: RefusalText) -> GateDecision {
        var decision = text.decision([])
        guard !builder.progress.running.isEmpty else { return waiting(builder, instead: decision) ?? decision }
        var released = builder
        released.countsReservations = false
        let task = released.build()
        guard let answer = try? Gate.decide(task.problem), isSound(answer, task) else {
            return waiting(builder, instead: decision) ?? decision
        }
        let names = builder.progress.running.keys.sorted().map { builder.plan.stages[$0].name }
        decision.verdict = .wait
        decision.reason = nil
        decision.explanation.insert("waits for what is reserved for \(names.prefix(4).joined(separator: ", "))", at: 0)
        decision.explanation = Array(decision.explanation.prefix(4))
        return decision
    }
}

/// What is left of a run in the way that its plan chose, summed in exact arithmetic.
private struct Remainder {
    let plan: Plan
    let progress: RunProgress
    /// The profile of every stage that still has to run, the one in question included.
    let choices: [Int: [Int]]
    let limits: [GateDecision.Limit]
    /// Whether every budget holds it; that every request fits the pool was decided with the plan.
    let fits: Bool

    init(plan: Plan, progress: RunProgress, index: Int, chosen: Int) {
        self.plan = plan
        self.progress = progress
        let budgets = plan.scopedLimits(progress)
        let hasDeadline = plan.wallLimit != nil
        var choices: [Int: [Int]] = [:]
        var sums = budgets.map { _ in Amount.zero }
        // Nothing to add up is nothing to walk over: it happens before every attempt.
        for position in plan.stages.indices where hasDeadline || !budgets.isEmpty {
            let isAsked = position == index
            guard isAsked || (!progress.ended.contains(position) && plan.stages[position].isMandatory),
                isAsked || progress.running[position] == nil, !plan.stages[position].profiles.isEmpty
            else { continue }
            let profile = isAsked ? chosen : plan.stages[position].chosen ?? 0
            if hasDeadline { choices[position] = [profile] }
            for (line, budget) in budgets.enumerated() {
                sums[line] += plan.stages[position].profiles[profile].amount(of: budget.resource)
            }
        }
        self.choices = choices
        limits = zip(budgets, sums).map { limit, asked in
            GateDecision.Limit(
                scope: limit.scope, resource: limit.resource.rawValue, limit: limit.limit, used: limit.used,
                reserved: limit.reserved, asked: asked, left: limit.left)
        }
        fits = limits.allSatisfy(\.hasRoom)
    }

    func decision(_ stage: Plan.Stage, method: String) -> GateDecision {
        var decision = RunGate.stageDecision(stage, stage.chosen ?? 0, method: method)
        // Why it is degraded was found with the plan.
        if let planned = stage.decision, planned.verdict == decision.verdict, planned.profile == decision.profile {
            decision.explanation = planned.explanation
        }
        decision.limits = limits
        return decision
    }
}
