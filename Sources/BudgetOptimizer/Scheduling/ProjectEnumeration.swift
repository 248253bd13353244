/// The exact method for small projects: a project is a gate whose only goal is the makespan.
enum ProjectEnumeration {
    /// Above this number of activities with a duration it is not tried.
    static let mostActivities = 12
    private static let mostSchedules = 20_000
    private static let schedulesPerSecond = 200_000.0

    static func isWorthwhile(_ prepared: PreparedProject) -> Bool {
        let lasting = prepared.problem.activities.count { $0.modes.contains { $0.duration > 0 } }
        return lasting <= mostActivities && prepared.problem.activities.count <= 2 * mostActivities
    }

    /// Starts and modes of the prepared project with the least makespan; nil with `isProved` when there are none.
    static func solve(_ prepared: PreparedProject, limits: ProjectLimits) -> SearchOutcome {
        let problem = prepared.problem
        var stages = problem.activities.enumerated().map { index, activity in
            GateProblem.Stage(
                name: "\(index + 1)",
                window: activity.deadline.map { .init(earliestStart: activity.release, latestEnd: $0) },
                profiles: activity.modes.map { mode in
                    .init(
                        name: "", duration: mode.duration, use: mode.nonrenewable.map { Int64($0) },
                        demand: mode.renewable.map { Int64($0) })
                })
        }
        for (index, activity) in problem.activities.enumerated() {
            for successor in activity.successors { stages[successor].needs.append(index) }
        }
        let gate = GateProblem(
            stages: stages, budgets: problem.nonrenewable.map { .init(name: "", amount: Int64($0)) },
            capacities: problem.renewable.map { .init(name: "", amount: Int64($0)) }, objective: [.makespan])
        let byTime = limits.seconds.map { Int(min(1e6, $0 * schedulesPerSecond)) } ?? .max
        let passes = min(mostSchedules, limits.schedules ?? .max, byTime)
        let effort = GateEffort(nodes: passes, schedules: passes)
        return GateEnumeration.solve(GateModel(gate, order: prepared.order), goals: [.makespan], effort: effort)
    }
}
