extension ProjectProblem {
    /// The schedule generation keeps one word a tick.
    package static let longestHorizon = 1 << 24
    /// Ticks times renewable resources, at most a few hundred megabytes.
    static let mostCells = 1 << 25
    /// Amounts of one renewable resource must fit a lane.
    static let largestAmount = 1 << 30

    /// A topological order of the activities. Throws what makes the project meaningless.
    package func validatedOrder() throws(ProjectProblemError) -> [Int] {
        for (index, amount) in (renewable + nonrenewable).enumerated() {
            if amount < 0 { throw .negativeCapacity(resource: index + 1) }
            if amount > Self.largestAmount { throw .tooLarge(what: "the capacity of resource \(index + 1)") }
        }
        var horizon = 0
        for (index, activity) in activities.enumerated() {
            try check(activity, number: index + 1)
            horizon += (activity.modes.map(\.duration).max() ?? 0)
            horizon = max(horizon, activity.release)
            if horizon > Self.longestHorizon { throw .tooLong(horizon: Self.longestHorizon) }
        }
        horizon += activities.map(\.release).max() ?? 0
        if horizon > Self.longestHorizon { throw .tooLong(horizon: Self.longestHorizon) }
        if horizon * max(1, renewable.count) > Self.mostCells { throw .tooLong(horizon: horizon) }
        return try topologicalOrder()
    }

    private func check(_ activity: Activity, number: Int) throws(ProjectProblemError) {
        guard !activity.modes.isEmpty else { throw .noModes(activity: number) }
        for successor in activity.successors where !activities.indices.contains(successor) {
            throw .unknownSuccessor(activity: number, successor: successor + 1)
        }
        if activity.release < 0 { throw .negative(what: "the release", activity: number) }
        if activity.release > Self.longestHorizon { throw .tooLong(horizon: Self.longestHorizon) }
        for (index, mode) in activity.modes.enumerated() {
            guard mode.renewable.count == renewable.count, mode.nonrenewable.count == nonrenewable.count else {
                throw .wrongCount(activity: number, mode: index + 1)
            }
            if mode.duration < 0 { throw .negative(what: "a duration", activity: number) }
            if mode.duration > Self.longestHorizon { throw .tooLong(horizon: Self.longestHorizon) }
            for amount in mode.renewable + mode.nonrenewable {
                if amount < 0 { throw .negative(what: "a request", activity: number) }
                if amount > Self.largestAmount { throw .tooLarge(what: "a request of activity \(number)") }
            }
        }
    }

    private func topologicalOrder() throws(ProjectProblemError) -> [Int] {
        var missing = [Int](repeating: 0, count: activities.count)
        for activity in activities {
            for successor in activity.successors { missing[successor] += 1 }
        }
        var order = activities.indices.filter { missing[$0] == 0 }
        var next = 0
        while next < order.count {
            for successor in activities[order[next]].successors {
                missing[successor] -= 1
                if missing[successor] == 0 { order.append(successor) }
            }
            next += 1
        }
        if let blocked = missing.firstIndex(where: { $0 > 0 }) { throw .cycle(through: blocked + 1) }
        return order
    }
}
