extension GateProblem {
    /// The largest sum that the search lets itself meet; it leaves room for weighted sums in 64 bits.
    static var largestSum: Int64 { 1 << 60 }
    /// The largest tick that a schedule may reach.
    static var largestTick: Int { 1 << 60 }

    /// A topological order of the stages (smallest index first among those that are ready).
    /// Throws what makes the problem meaningless.
    package func validatedOrder() throws(GateProblemError) -> [Int] {
        for limit in budgets + capacities where limit.amount < 0 {
            throw .negative(what: "the limit", of: "'\(limit.name)'")
        }
        if let deadline, deadline < 0 { throw .negative(what: "the deadline", of: "the problem") }
        for stage in stages { try check(stage) }
        try checkSums()
        return try topologicalOrder()
    }

    private func check(_ stage: Stage) throws(GateProblemError) {
        guard !stage.profiles.isEmpty else { throw .noProfiles(stage: stage.name) }
        for need in stage.needs where !stages.indices.contains(need) {
            throw .unknownNeed(stage: stage.name, index: need)
        }
        if let window = stage.window, window.earliestStart < 0 {
            throw .negative(what: "the earliest start", of: "stage '\(stage.name)'")
        }
        for profile in stage.profiles { try check(profile, owner: "profile '\(profile.name)' of '\(stage.name)'") }
    }

    private func check(_ profile: Profile, owner: String) throws(GateProblemError) {
        guard profile.use.count == budgets.count else {
            throw .wrongCount(what: "use", of: owner, expected: budgets.count, found: profile.use.count)
        }
        guard profile.demand.count == capacities.count else {
            throw .wrongCount(what: "demand", of: owner, expected: capacities.count, found: profile.demand.count)
        }
        if profile.duration < 0 { throw .negative(what: "the duration", of: owner) }
        if profile.penalty < 0 { throw .negative(what: "the penalty", of: owner) }
        if profile.cost < 0 { throw .negative(what: "the cost", of: owner) }
        if profile.use.contains(where: { $0 < 0 }) { throw .negative(what: "a use", of: owner) }
        if profile.demand.contains(where: { $0 < 0 }) { throw .negative(what: "a demand", of: owner) }
    }

    private func checkSums() throws(GateProblemError) {
        try checkSum("penalty") { $0.penalty }
        try checkSum("cost") { $0.cost }
        for (index, budget) in budgets.enumerated() { try checkSum("'\(budget.name)'") { $0.use[index] } }
        for (index, capacity) in capacities.enumerated() { try checkSum("'\(capacity.name)'") { $0.demand[index] } }
        var ticks = Int128(stages.compactMap { $0.window?.earliestStart }.max() ?? 0)
        for stage in stages { ticks += Int128(stage.profiles.map(\.duration).max() ?? 0) }
        if ticks > Int128(Self.largestTick) { throw .tooLarge(what: "durations") }
    }

    private func checkSum(_ what: String, _ amount: (Profile) -> Int64) throws(GateProblemError) {
        var sum: Int128 = 0
        for stage in stages { sum += Int128(stage.profiles.map(amount).max() ?? 0) }
        if sum > Int128(Self.largestSum) { throw .tooLarge(what: what) }
    }

    /// Kahn (1962), with a heap-free scan: ready stages are taken in waves of ascending index.
    private func topologicalOrder() throws(GateProblemError) -> [Int] {
        var missing = stages.map { Set($0.needs).count }
        var dependants = [[Int]](repeating: [], count: stages.count)
        for (index, stage) in stages.enumerated() {
            for need in Set(stage.needs).sorted() { dependants[need].append(index) }
        }
        var order = stages.indices.filter { missing[$0] == 0 }
        var next = 0
        while next < order.count {
            for dependant in dependants[order[next]] {
                missing[dependant] -= 1
                if missing[dependant] == 0 { order.append(dependant) }
            }
            next += 1
        }
        guard order.count == stages.count else { throw .cycle(circle(among: missing)) }
        return order
    }

    /// Walks back along needs that were never met until a stage repeats.
    private func circle(among missing: [Int]) -> [String] {
        guard var stage = missing.firstIndex(where: { $0 > 0 }) else { return [] }
        var place: [Int: Int] = [:]
        var path: [Int] = []
        while place[stage] == nil {
            place[stage] = path.count
            path.append(stage)
            stage = stages[stage].needs.first { missing[$0] > 0 } ?? stage
        }
        let loop = path[(place[stage] ?? 0)...].reversed() + [path[path.count - 1]]
        return loop.map { stages[$0].name }
    }
}
