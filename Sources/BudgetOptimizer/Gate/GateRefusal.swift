/// Explains why no plan was found: a minimal conflict, the smallest single fix for every limit involved, what is
/// short by how much, and a certificate.
struct GateRefusal {
    let model: GateModel
    let outcome: SearchOutcome
    let effort: GateEffort
    /// Capacities of which some stage asks more than there is, whichever profile it takes: each is a conflict by itself,
    /// and nothing fits while it holds.
    private let hopeless: Set<GateAnswer.LimitName>

    init(_ model: GateModel, outcome: SearchOutcome, effort: GateEffort) {
        self.model = model
        self.outcome = outcome
        self.effort = effort
        let capacities = model.problem.capacities
        let short = capacities.indices.filter { index in
            model.problem.stages.contains { stage in
                stage.profiles.allSatisfy { $0.demand[index] > capacities[index].amount }
            }
        }
        hopeless = Set(short.map { .capacity($0) })
    }

    private var problem: GateProblem { model.problem }

    func answer() -> GateAnswer {
        let conflict = minimalConflict(among: problem.limitNames)
        let involved = involved(besides: conflict)
        let fixes = involved.map { fix($0) }
        let shortages = involved.compactMap { shortage($0, fixes) }
        return GateAnswer(
            verdict: .refuse(reason(conflict)), choice: [], start: [], objective: nil, bound: nil, gap: 0,
            boundGoal: nil, isProved: outcome.isProved, method: outcome.method,
            conflict: conflict.isEmpty ? brokenWindows() : conflict, fixes: fixes,
            together: together(fixes, shortages), shortages: shortages, certificate: certificate(conflict))
    }

    private func reason(_ conflict: [GateAnswer.LimitName]) -> GateAnswer.Reason {
        switch conflict.first {
        case .capacity: .capacity
        case .budget: .budget
        case .deadline, .window, nil: .deadline
        }
    }

    // MARK: Conflict

    private func solve(_ problem: GateProblem, goals: [SearchGoal] = []) -> SearchOutcome {
        GateSearch.solve(GateModel(problem, order: model.order), goals: goals, effort: effort)
    }

    /// Whether a plan is found with only these limits in force.
    private func fits(_ kept: [GateAnswer.LimitName]) -> Bool {
        guard hopeless.isDisjoint(with: kept) else { return false }
        return solve(problem.keeping(Set(kept))).hasPlan
    }

    /// What comes behind a limit that is a conflict by itself would all be left out.
    private func minimalConflict(among limits: [GateAnswer.LimitName]) -> [GateAnswer.LimitName] {
        let before = Array(limits.prefix { !hopeless.contains($0) })
        guard fits(before) else { return filtered(before) }
        return before.count < limits.count ? [limits[before.count]] : []
    }

    /// The deletion filter (Chinneck and Dravnieks 1991): a limit stays out when the rest still conflicts without it.
    private func filtered(_ limits: [GateAnswer.LimitName]) -> [GateAnswer.LimitName] {
        var kept = limits
        for limit in limits.reversed() {
            let rest = kept.filter { $0 != limit }
            if !fits(rest) { kept = rest }
        }
        return kept
    }

    /// Every limit of the first conflict and of those that remain when its limits are lifted.
    private func involved(besides conflict: [GateAnswer.LimitName]) -> [GateAnswer.LimitName] {
        var all = conflict
        var rest = problem.limitNames.filter { !conflict.contains($0) }
        while !conflict.isEmpty {
            var next = minimalConflict(among: rest)
            guard let first = next.first else { break }
            // Those that stand behind one another are found at once.
            if hopeless.contains(first), let place = rest.firstIndex(of: first) {
                next = Array(rest[place...].prefix(while: hopeless.contains))
            }
            all += next
            let found = Set(next)
            rest.removeAll { found.contains($0) }
        }
        return all
    }

    private func brokenWindows() -> [GateAnswer.LimitName] {
        let windows = problem.stages.indices.filter { problem.stages[$0].window != nil }
        // One that is late behind its own chain alone is the one to name.
        let late = criticalPath().last.flatMap { stage -> Int? in
            RefusalCertificate.path(criticalPath()).holds(for: problem) && windows.contains(stage) ? stage : nil
        }
        return (late.map { [$0] } ?? windows).map { .window($0) }
    }

    // MARK: Fixes

    private func fix(_ limit: GateAnswer.LimitName) -> GateAnswer.Fix {
        var fix = GateAnswer.Fix(limit: limit, from: problem.amount(of: limit), to: nil, isProved: true)
        guard hopeless.isSubset(of: [limit]) else { return fix }
        let lifted = problem.setting(limit, to: nil)
        let found: SearchOutcome
        switch limit {
        case .budget(let index): found = solve(lifted, goals: [.use(index)])
        case .deadline: found = solve(lifted, goals: [.makespan])
        case .capacity(let index): return capacityFix(fix, index, lifted)
        case .window: return fix
        }
        fix.to = found.values.first
        fix.isProved = found.isProved
        return fix
    }

    /// The smallest capacity by bisection: more of it never hurts.
    private func capacityFix(
        _ unfixed: GateAnswer.Fix, _ index: Int, _ lifted: GateProblem
    ) -> GateAnswer.Fix {
        var fix = unfixed
        let free = solve(lifted)
        fix.isProved = free.isProved || free.hasPlan
        guard free.hasPlan else { return fix }
        var low = fix.from
        var high = zip(problem.stages, free.choice).reduce(Int64(0)) { $0 + $1.0.profiles[$1.1].demand[index] }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let attempt = solve(problem.setting(.capacity(index), to: middle))
            if attempt.hasPlan { high = middle } else { low = middle }
            if !attempt.hasPlan && !attempt.isProved { fix.isProved = false }
        }
        fix.to = high
        return fix
    }

    /// Where no limit alone mends it: every limit that is short, raised to what it must at least be, if that is enough.
    /// Each raise is then the smallest that any plan needs.
    private func together(_ fixes: [GateAnswer.Fix], _ shortages: [GateAnswer.Shortage]) -> [GateAnswer.Fix] {
        guard shortages.count > 1, fixes.allSatisfy({ $0.to == nil }) else { return [] }
        let raised = shortages.reduce(problem) { $0.setting($1.limit, to: $1.needed) }
        guard solve(raised).hasPlan else { return [] }
        return shortages.map { .init(limit: $0.limit, from: $0.available, to: $0.needed, isProved: true) }
    }

    // MARK: Shortages

    private func shortage(_ limit: GateAnswer.LimitName, _ fixes: [GateAnswer.Fix]) -> GateAnswer.Shortage? {
        let lone = least(limit)
        let available = problem.amount(of: limit)
        let needed = max(lone ?? 0, fixes.first { $0.limit == limit }?.to ?? 0)
        guard needed > available else { return nil }
        let interval = shortInterval(limit, needed: needed)
        return GateAnswer.Shortage(
            limit: limit, needed: needed, available: available, interval: interval,
            isAlone: (lone ?? 0) > available, stages: dominating(limit))
    }

    /// What the limit must at least be, whatever the others are.
    private func least(_ limit: GateAnswer.LimitName) -> Int64? {
        let stages = problem.stages
        switch limit {
        case .budget(let index): return GateSearch.leastUse(alone(limit), index)
        case .capacity(let index):
            return stages.map { $0.profiles.map { $0.demand[index] }.min() ?? 0 }.max()
        case .deadline:
            let durations = stages.map { $0.profiles.map(\.duration).min() ?? 0 }
            let earliest = alone(limit).earliestStarts(durations: durations)
            return model.order.map { Int64(earliest[$0] + durations[$0]) }.max()
        case .window: return nil
        }
    }

    private func alone(_ limit: GateAnswer.LimitName) -> GateModel {
        GateModel(problem.keeping([limit]), order: model.order)
    }

    /// Where a capacity is short in the plan that its smallest sufficient value allows.
    private func shortInterval(_ limit: GateAnswer.LimitName, needed: Int64) -> Range<Int>? {
        guard case .capacity(let index) = limit, !hopeless.contains(limit) else { return nil }
        let enough = solve(problem.setting(limit, to: needed))
        guard enough.hasPlan else { return nil }
        let broken = PlanChecker.violations(problem, choice: enough.choice, start: enough.start)
        for case .capacity(index, let interval, _) in broken { return interval }
        return nil
    }

    private func dominating(_ limit: GateAnswer.LimitName) -> [Int] {
        func amount(_ profile: GateProblem.Profile) -> Int64 {
            switch limit {
            case .budget(let index): profile.use[index]
            case .capacity(let index): profile.demand[index]
            case .deadline, .window: Int64(profile.duration)
            }
        }
        let needs: [Int64] = problem.stages.map { $0.profiles.map(amount).min() ?? 0 }
        // Of a deadline only the chain matters that ends last.
        let chain = limit == .deadline ? criticalPath() : Array(needs.indices)
        let sorted = chain.filter { needs[$0] > 0 }.sorted { needs[$0] == needs[$1] ? $0 < $1 : needs[$0] > needs[$1] }
        return Array(sorted.prefix(3))
    }

    // MARK: Certificate

    private func certificate(_ conflict: [GateAnswer.LimitName]) -> RefusalCertificate? {
        guard outcome.isProved else { return nil }
        let simple = candidates(conflict).first { $0.holds(for: problem) }
        return simple ?? farkas(conflict) ?? interval() ?? .exhaustion(nodes: outcome.nodes)
    }

    /// Weights over several budgets from the prices of a search that knows nothing but the conflict, rounded to whole
    /// numbers and kept only when exact arithmetic confirms them.
    private func farkas(_ conflict: [GateAnswer.LimitName]) -> RefusalCertificate? {
        let isBudgetsOnly = conflict.allSatisfy { if case .budget = $0 { true } else { false } }
        guard isBudgetsOnly, !conflict.isEmpty else { return nil }
        let alone = GateModel(problem.keeping(Set(conflict)), order: model.order)
        let prices = GateSearch.branchAndBound(alone, goals: [], effort: effort).prices
        guard prices.count == problem.budgets.count else { return nil }
        let rates = prices.indices.map { index -> Double in
            conflict.contains(.budget(index)) ? prices[index] / Double(max(1, problem.budgets[index].amount)) : 0
        }
        guard let largest = rates.max(), largest > 0, largest.isFinite else { return nil }
        let certificate = RefusalCertificate.weights(rates.map { Int64($0 / largest * Double(1 << 36)) })
        return certificate.holds(for: problem) ? certificate : nil
    }

    private func candidates(_ conflict: [GateAnswer.LimitName]) -> [RefusalCertificate] {
        let requests = problem.stages.indices.filter { model.profiles[$0].isEmpty }
        let weights = problem.budgets.indices.map { chosen in
            RefusalCertificate.weights(problem.budgets.indices.map { $0 == chosen ? 1 : 0 })
        }
        return requests.prefix(1).map { .request(stage: $0) } + weights + [.path(criticalPath())]
    }

    private func interval() -> RefusalCertificate? {
        let hold = RequiredHold(model)
        return problem.capacities.indices.lazy.compactMap { capacity in
            hold.overfull(capacity).map { RefusalCertificate.interval(capacity: capacity, ticks: $0) }
        }.first
    }

    /// The chain of stages, each at its shortest, that ends last or misses its window first.
    private func criticalPath() -> [Int] {
        let durations = problem.stages.indices.map { model.shortest($0) }
        let earliest = model.earliestStarts(durations: durations)
        let late = model.order.first { stage in
            problem.stages[stage].window.map { earliest[stage] + durations[stage] > $0.latestEnd } ?? false
        }
        let last = late ?? model.order.max { earliest[$0] + durations[$0] < earliest[$1] + durations[$1] }
        guard var stage = last else { return [] }
        var path = [stage]
        while let need = problem.stages[stage].needs.first(where: {
            earliest[$0] + durations[$0] == earliest[stage]
        }) {
            path.append(need)
            stage = need
        }
        return path.reversed()
    }
}
