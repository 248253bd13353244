import BudgetOptimizer
import SluiceModel

/// The gate's answer to a file, in the file's names and units.
package struct GateFileDecision: Sendable {
    package var decision: GateDecision
    /// Stage → profile; empty when refused.
    package var choice: [(stage: String, profile: String, start: Amount, duration: Amount)] = []
    /// The proof of a refusal, as plain values; nil without one.
    package var certificate: JSONValue?
    /// Budgets that, raised together, let it fit, where no single limit does.
    package var leastExtra: [GateDecision.Fix]

    package init(_ task: GateFileTask, _ answer: GateAnswer) {
        let text = GateFileExplanation(task: task, answer: answer, extra: Self.extra(task, answer))
        leastExtra = text.leastExtra
        let isRefused = if case .refuse = answer.verdict { true } else { false }
        decision = GateDecision(
            verdict: Self.verdict(answer), reason: Self.reason(answer), limits: Self.limits(task, answer),
            conflict: text.unique(answer.conflict.map(task.name)), fixes: text.fixes, method: answer.method,
            objective: answer.objective.map(task.objective),
            bound: answer.bound.map { task.value($0, answer.boundGoal) },
            gap: isRefused ? nil : task.value(answer.gap, answer.boundGoal), explanation: text.lines)
        certificate = answer.certificate.map { Self.certificate($0, task) }
        guard !isRefused else { return }
        choice = task.file.stages.indices.map { index in
            let profile = task.file.stages[index].profiles[answer.choice[index]]
            return (task.file.stages[index].name, profile.name, task.seconds(answer.start[index]), profile.duration)
        }
    }

    /// Looked for only where nothing simpler helps, and in plans of a size that a person would mend by hand.
    private static func extra(_ task: GateFileTask, _ answer: GateAnswer) -> [GateAnswer.Fix] {
        guard case .refuse(.budget) = answer.verdict, answer.fixes.allSatisfy({ $0.to == nil }),
            task.problem.stages.count <= 200
        else { return answer.together }
        let effort = GateEffort(nodes: 1_000, schedules: 40)
        return (try? Gate.leastExtra(task.problem, effort: effort))?.raises ?? answer.together
    }

    private static func verdict(_ answer: GateAnswer) -> GateDecision.Verdict {
        switch answer.verdict {
        case .admit: .admit
        case .degrade: .degrade
        case .refuse: .refuse
        }
    }

    private static func reason(_ answer: GateAnswer) -> GateDecision.Reason? {
        switch answer.verdict {
        case .refuse(.capacity): .capacity
        case .refuse(.budget): .budget
        case .refuse(.deadline): .deadline
        case .admit, .degrade: nil
        }
    }

    // MARK: Limits

    private static func limits(_ task: GateFileTask, _ answer: GateAnswer) -> [GateDecision.Limit] {
        let budgets = task.file.budgets.indices.map { GateAnswer.LimitName.budget($0) }
        let capacities = task.file.capacities.indices.map { GateAnswer.LimitName.capacity($0) }
        let all = budgets + capacities + (task.file.deadline == nil ? [] : [.deadline])
        return all.map { limit in
            let stated = task.stated(limit)
            let isCapacity = if case .capacity = limit { true } else { false }
            let name = task.name(of: limit)
            return GateDecision.Limit(
                scope: isCapacity ? "pool" : "run", resource: isCapacity ? String(name.dropFirst(9)) : name,
                limit: stated, used: .zero, reserved: .zero, asked: asked(limit, task, answer), left: stated)
        }
    }

    /// What the plan takes; refused, the least that any would.
    private static func asked(
        _ limit: GateAnswer.LimitName, _ task: GateFileTask, _ answer: GateAnswer
    ) -> Amount {
        if let short = answer.shortages.first(where: { $0.limit == limit }) {
            return task.amount(short.needed, of: limit)
        }
        func each(_ amount: (GateProblem.Profile) -> Int64) -> [Int64] {
            task.problem.stages.indices.map { stage in
                let profiles = task.problem.stages[stage].profiles
                guard answer.choice.isEmpty else { return amount(profiles[answer.choice[stage]]) }
                return profiles.map(amount).min() ?? 0
            }
        }
        switch limit {
        case .budget(let index): return task.amount(each { $0.use[index] }.reduce(0, +), of: limit)
        case .capacity(let index):
            let demand = each { $0.demand[index] }
            let most =
                answer.choice.isEmpty ? demand.max() ?? 0 : peak(demand, each { Int64($0.duration) }, answer.start)
            return task.amount(most, of: limit)
        case .deadline, .window: return answer.objective.map { task.seconds($0.makespan) } ?? .zero
        }
    }

    /// The most that is held at any instant.
    private static func peak(_ demand: [Int64], _ duration: [Int64], _ start: [Int]) -> Int64 {
        var steps: [(at: Int64, change: Int64)] = []
        for index in start.indices where duration[index] > 0 {
            steps.append((Int64(start[index]), demand[index]))
            steps.append((Int64(start[index]) + duration[index], -demand[index]))
        }
        steps.sort { $0.at == $1.at ? $0.change < $1.change : $0.at < $1.at }
        // A request that takes no time still has to fit.
        var (held, most) = (Int64(0), demand.max() ?? 0)
        for step in steps {
            held += step.change
            most = max(most, held)
        }
        return most
    }

    // MARK: Certificate

    private static func certificate(_ proof: RefusalCertificate, _ task: GateFileTask) -> JSONValue {
        func names(_ stages: [Int]) -> JSONValue { .array(stages.map { .string(task.file.stages[$0].name) }) }
        var members: [String: JSONValue] = ["verified": .bool(proof.holds(for: task.problem))]
        switch proof {
        case .request(let stage):
            members["kind"] = .string("request")
            members["stages"] = names([stage])
        case .weights(let weights):
            members["kind"] = .string("weights")
            members["weights"] = object(task, weights.map { .integer($0) })
            members["units"] = object(
                task, weights.indices.map { .string(task.amount(1, of: .budget($0)).description) })
        case .path(let stages):
            members["kind"] = .string("path")
            members["stages"] = names(stages)
        case .interval(let capacity, let ticks):
            members["kind"] = .string("interval")
            members["capacity"] = .string(task.file.capacities[capacity].name)
            members["from_s"] = .number(task.seconds(ticks.lowerBound).doubleValue)
            members["to_s"] = .number(task.seconds(ticks.upperBound).doubleValue)
        case .exhaustion(let nodes):
            members["kind"] = .string("exhaustion")
            members["nodes"] = .integer(Int64(nodes))
        }
        return .object(members)
    }

    private static func object(_ task: GateFileTask, _ values: [JSONValue]) -> JSONValue {
        .object(Dictionary(zip(task.file.budgets.map(\.name), values)) { first, _ in first })
    }
}
