/// Confirms a refusal by exhaustion without the search that found it: every choice of profiles by itself breaks a
/// budget, a chain's time or a capacity in some interval.
enum ChoiceRecount {
    /// Choices that are looked at, and sums over the intervals of all of them; what would take more is not confirmed.
    private static let mostChoices = 2_000
    private static let mostSums = 1_000_000

    static func refutesAll(_ problem: GateProblem) -> Bool {
        guard let order = try? problem.validatedOrder() else { return false }
        // Two starts and two ends a stage.
        let cube = min(1 << 20, order.count) * min(1 << 20, order.count) * min(1 << 20, order.count)
        let sums = max(1, 4 * cube * max(1, problem.capacities.count))
        let profiles = GateModel(problem, order: order).profiles
        var choices = 1
        for list in profiles {
            choices *= list.count
            guard choices <= min(mostChoices, mostSums / sums) else { return false }
        }
        return (0..<choices).allSatisfy { number in refutes(problem, order, choice(number, of: profiles)) }
    }

    private static func choice(_ number: Int, of profiles: [[Int]]) -> [Int] {
        var rest = number
        return profiles.map { list in
            defer { rest /= list.count }
            return list[rest % list.count]
        }
    }

    private static func refutes(_ problem: GateProblem, _ order: [Int], _ choice: [Int]) -> Bool {
        var only = problem
        for (stage, profile) in choice.enumerated() {
            only.stages[stage].profiles = [problem.stages[stage].profiles[profile]]
        }
        let isOverspent = problem.budgets.indices.contains { budget in
            only.stages.reduce(Int128(0)) { $0 + Int128($1.profiles[0].use[budget]) } > problem.budgets[budget].amount
        }
        if isOverspent { return true }
        let model = GateModel(only, order: order)
        if model.brokenChain(choice: choice.map { _ in 0 }) != nil { return true }
        let hold = RequiredHold(model)
        return problem.capacities.indices.contains { hold.overfull($0) != nil }
    }
}
