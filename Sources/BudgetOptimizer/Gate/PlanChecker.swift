/// The independent arithmetic checker: whatever method made a plan, this is what admits it.
///
/// It shares no code with the solvers and sums in 128 bits.
package enum PlanChecker {
    package enum Violation: Sendable, Equatable {
        /// The plan does not name one profile and one start for every stage.
        case incomplete
        case unknownProfile(stage: Int)
        case startsBeforeZero(stage: Int)
        case startsBeforeItsNeed(stage: Int, need: Int)
        case outsideWindow(stage: Int)
        case requestAboveCapacity(stage: Int, capacity: Int)
        /// Over the capacity by at most `excess` throughout the interval.
        case capacity(index: Int, interval: Range<Int>, excess: Int64)
        case budget(index: Int, excess: Int64)
        case deadline(late: Int)
    }

    /// Everything that the plan breaks; empty for a plan that fits.
    package static func violations(_ problem: GateProblem, choice: [Int], start: [Int]) -> [Violation] {
        let stages = problem.stages
        guard choice.count == stages.count, start.count == stages.count else { return [.incomplete] }
        for (index, stage) in stages.enumerated() {
            guard stage.profiles.indices.contains(choice[index]) else { return [.unknownProfile(stage: index)] }
            guard start[index] >= 0 else { return [.startsBeforeZero(stage: index)] }
        }
        let profiles = zip(stages, choice).map { $0.profiles[$1] }
        let ends = zip(start, profiles).map { Int128($0) + Int128($1.duration) }
        return order(problem, start: start, ends: ends) + requests(problem, profiles)
            + instants(problem, profiles, start: start, ends: ends) + budgets(problem, profiles)
            + late(problem, ends: ends)
    }

    private static func order(_ problem: GateProblem, start: [Int], ends: [Int128]) -> [Violation] {
        var found: [Violation] = []
        for (index, stage) in problem.stages.enumerated() {
            for need in stage.needs where !ends.indices.contains(need) || ends[need] > Int128(start[index]) {
                found.append(.startsBeforeItsNeed(stage: index, need: need))
            }
            guard let window = stage.window else { continue }
            if start[index] < window.earliestStart || ends[index] > Int128(window.latestEnd) {
                found.append(.outsideWindow(stage: index))
            }
        }
        return found
    }

    private static func requests(_ problem: GateProblem, _ profiles: [GateProblem.Profile]) -> [Violation] {
        var found: [Violation] = []
        for (stage, profile) in profiles.enumerated() {
            for (index, capacity) in problem.capacities.enumerated() where profile.demand[index] > capacity.amount {
                found.append(.requestAboveCapacity(stage: stage, capacity: index))
            }
        }
        return found
    }

    /// Sweeps every instant where something starts or ends; ends come first, because a stage holds [start, end).
    private static func instants(
        _ problem: GateProblem, _ profiles: [GateProblem.Profile], start: [Int], ends: [Int128]
    ) -> [Violation] {
        var found: [Violation] = []
        for (index, capacity) in problem.capacities.enumerated() {
            var steps: [(at: Int128, change: Int128)] = []
            for (stage, profile) in profiles.enumerated() where profile.demand[index] > 0 && profile.duration > 0 {
                steps.append((Int128(start[stage]), Int128(profile.demand[index])))
                steps.append((ends[stage], -Int128(profile.demand[index])))
            }
            steps.sort { $0.at == $1.at ? $0.change < $1.change : $0.at < $1.at }
            found += overloads(steps, index: index, capacity: Int128(capacity.amount))
        }
        return found
    }

    private static func overloads(
        _ steps: [(at: Int128, change: Int128)], index: Int, capacity: Int128
    ) -> [Violation] {
        var found: [Violation] = []
        var held: Int128 = 0
        var since: Int128?
        var excess: Int128 = 0
        var next = 0
        while next < steps.count {
            let instant = steps[next].at
            while next < steps.count, steps[next].at == instant {
                held += steps[next].change
                next += 1
            }
            if held > capacity {
                since = since ?? instant
                excess = max(excess, held - capacity)
            } else if let from = since {
                found.append(
                    .capacity(
                        index: index, interval: Int(clamping: from)..<Int(clamping: instant),
                        excess: Int64(clamping: excess)))
                since = nil
                excess = 0
            }
        }
        return found
    }

    private static func budgets(_ problem: GateProblem, _ profiles: [GateProblem.Profile]) -> [Violation] {
        var found: [Violation] = []
        for (index, budget) in problem.budgets.enumerated() {
            let used = profiles.reduce(Int128(0)) { $0 + Int128($1.use[index]) }
            let excess = used - Int128(budget.amount)
            if excess > 0 { found.append(.budget(index: index, excess: Int64(clamping: excess))) }
        }
        return found
    }

    private static func late(_ problem: GateProblem, ends: [Int128]) -> [Violation] {
        guard let deadline = problem.deadline, let end = ends.max(), end > Int128(deadline) else { return [] }
        return [.deadline(late: Int(clamping: end - Int128(deadline)))]
    }
}
