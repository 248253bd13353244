extension GateProblem {
    /// Every limit that is set, in the order in which reasons are named: capacities, budgets, the deadline.
    var limitNames: [GateAnswer.LimitName] {
        capacities.indices.map { .capacity($0) } + budgets.indices.map { .budget($0) }
            + (deadline == nil ? [] : [.deadline])
    }

    /// The same problem with one limit moved; nil lifts it.
    func setting(_ limit: GateAnswer.LimitName, to amount: Int64?) -> GateProblem {
        var copy = self
        switch limit {
        case .budget(let index): copy.budgets[index].amount = amount ?? Int64.max
        case .capacity(let index): copy.capacities[index].amount = amount ?? Int64.max
        case .deadline: copy.deadline = amount.map { Int($0) }
        case .window(let stage): copy.stages[stage].window = nil
        }
        return copy
    }

    /// The same problem with only these limits in force; windows stay.
    func keeping(_ kept: Set<GateAnswer.LimitName>) -> GateProblem {
        var copy = self
        for index in budgets.indices where !kept.contains(.budget(index)) { copy.budgets[index].amount = Int64.max }
        for index in capacities.indices where !kept.contains(.capacity(index)) {
            copy.capacities[index].amount = Int64.max
        }
        if !kept.contains(.deadline) { copy.deadline = nil }
        return copy
    }

    func amount(of limit: GateAnswer.LimitName) -> Int64 {
        switch limit {
        case .budget(let index): budgets[index].amount
        case .capacity(let index): capacities[index].amount
        case .deadline: Int64(deadline ?? Int.max)
        case .window(let stage): Int64(stages[stage].window?.latestEnd ?? Int.max)
        }
    }
}
