extension ProjectProblem {
    /// What alone already makes a project infeasible, activities and resources numbered from 1.
    package enum Impossible: Sendable, Equatable, CustomStringConvertible {
        /// Every mode asks more of some resource than there is; the least request and the amount are those of the mode
        /// that lacks least.
        case request(activity: Int, isRenewable: Bool, resource: Int, least: Int, amount: Int)
        /// Even the most frugal modes together spend more than there is.
        case total(resource: Int, least: Int, amount: Int)
        /// Even with the shortest modes and all the room that it could wish for an activity ends too late.
        case late(activity: Int, earliest: Int, deadline: Int)

        package var description: String {
            switch self {
            case .request(let activity, let isRenewable, let resource, let least, let amount):
                "activity \(activity) can never run: it asks at least \(least) of \(isRenewable ? "R" : "N")\(resource), "
                    + "\(amount) are there"
            case .total(let resource, let least, let amount):
                "the activities spend at least \(least) of N\(resource), \(amount) are there"
            case .late(let activity, let earliest, let deadline):
                "activity \(activity) cannot end by its deadline \(deadline): it ends at \(earliest) at the earliest"
            }
        }
    }

    /// Empty where an infeasible project has no reason as simple as that: activities that are late only because others
    /// hold what they need, or modes that exclude each other.
    package var impossible: [Impossible] {
        let requests = activities.enumerated().compactMap { request(of: $1, number: $0 + 1) }
        guard requests.isEmpty else { return requests }
        let late = lateActivities
        guard late.isEmpty else { return late }
        return nonrenewable.indices.compactMap { resource in
            let least = activities.reduce(0) { $0 + ($1.modes.map { $0.nonrenewable[resource] }.min() ?? 0) }
            let amount = nonrenewable[resource]
            return least > amount ? .total(resource: resource + 1, least: least, amount: amount) : nil
        }
    }

    /// Those that are late of themselves; what comes behind them is late because of them.
    private var lateActivities: [Impossible] {
        guard let order = try? validatedOrder() else { return [] }
        var starts = activities.map(\.release)
        var isBehindLate = activities.map { _ in false }
        var late: [Impossible] = []
        for index in order {
            let end = starts[index] + (activities[index].modes.map(\.duration).min() ?? 0)
            let isLate = activities[index].deadline.map { end > $0 } ?? false
            if isLate, !isBehindLate[index], let deadline = activities[index].deadline {
                late.append(.late(activity: index + 1, earliest: end, deadline: deadline))
            }
            for successor in activities[index].successors {
                starts[successor] = max(starts[successor], end)
                if isLate || isBehindLate[index] { isBehindLate[successor] = true }
            }
        }
        return late
    }

    private func request(of activity: Activity, number: Int) -> Impossible? {
        let lacks = activity.modes.map { mode in lack(of: mode, number: number) }
        guard lacks.allSatisfy({ $0 != nil }) else { return nil }
        return lacks.compactMap { $0 }.min { $0.missing < $1.missing }?.reason
    }

    /// The resource of which a mode lacks most; nil for a mode that can run.
    private func lack(of mode: Mode, number: Int) -> (missing: Int, reason: Impossible)? {
        let held = zip(mode.renewable, renewable).enumerated().map { (true, $0, $1.0, $1.1) }
        let spent = zip(mode.nonrenewable, nonrenewable).enumerated().map { (false, $0, $1.0, $1.1) }
        return (held + spent).filter { $0.2 > $0.3 }.map { isRenewable, resource, asked, amount in
            let reason = Impossible.request(
                activity: number, isRenewable: isRenewable, resource: resource + 1, least: asked, amount: amount)
            return (asked - amount, reason)
        }.max { $0.0 < $1.0 }
    }
}
