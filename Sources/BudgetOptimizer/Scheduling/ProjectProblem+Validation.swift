extension ProjectProblem {
    /// The schedule generation keeps one word a tick.
    package static let longestHorizon = 1 << 24
    /// Ticks times renewable resources, at most a few hundred megabytes.
    static let mostCells = 1 << 25
    /// Amounts of one renewable resource must fit a lane.
    package static let largestAmount = 1 << 30

    /// A topological order of the activities. Throws what makes the project meaningless.
    package func validatedOrder() throws(ProjectProblemError) -> [Int] {
        for (index, amount) in (renewable + nonrenewable).enumerated() {
            if amount < 0 { throw .negativeCapacity(resource: index + 1) }
            if amount > Self.largestAmount { throw .tooLarge(what: "the capacity of resource \(index + 1)") }
        }
        var horizon = 0
        for (index, activity) in activities.enumerated() {
            try check(activity, number: index + 1)
            horizon += activity.longest
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
            try check(mode.renewable, of: number)
            try check(mode.nonrenewable, of: number)
        }
    }

    private func check(_ amounts: [Int], of number: Int) throws(ProjectProblemError) {
        for amount in amounts {
            if amount < 0 { throw .negative(what: "a request", activity: number) }
            if amount > Self.largestAmount { throw .tooLarge(what: "a request of activity \(number)") }
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
        guard order.count == activities.count else { throw .cycle(circle(of: missing).map { $0 + 1 }) }
        return order
    }

    /// A circle among the activities that still wait: every one of them waits for another one, so that a walk from
    /// predecessor to predecessor must come back to itself. The smallest index
    /// comes first.
    private func circle(of missing: [Int]) -> [Int] {
        var predecessor = [Int](repeating: -1, count: activities.count)
        for index in activities.indices where missing[index] > 0 {
            for successor in activities[index].successors { predecessor[successor] = index }
        }
        var place = [Int](repeating: -1, count: activities.count)
        var walk: [Int] = []
        var at = missing.firstIndex { $0 > 0 } ?? 0
        while place[at] < 0 {
            place[at] = walk.count
            walk.append(at)
            at = predecessor[at]
        }
        let circle = Array(walk[place[at]...].reversed())
        let first = circle.indices.min { circle[$0] < circle[$1] } ?? 0
        return Array(circle[first...] + circle[..<first])
    }
}
