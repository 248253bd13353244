/// How long a project may be searched.
package struct ProjectLimits: Sendable, Equatable {
    /// Passes of schedule generation; nil sets no limit. Without any limit a second is searched.
    package var schedules: Int?
    /// CPU seconds by the clock that the caller hands in; nil sets no limit.
    package var seconds: Double?

    package init(schedules: Int? = nil, seconds: Double? = nil) {
        self.schedules = schedules
        self.seconds = seconds
    }
}

/// The best schedule found and what is known about better ones.
package struct ProjectAnswer: Sendable, Equatable {
    package enum Status: String, Sendable, Equatable { case optimal, feasible, infeasible, limit }

    package var status: Status
    /// The last end; nil without a schedule.
    package var makespan: Int?
    package var lowerBound: Int
    /// By activity; empty without a schedule.
    package var start: [Int]
    /// Mode indices from 0, by activity; empty without a schedule.
    package var mode: [Int]
    package var method: String
    package var schedules: Int
}

/// Schedules projects: a first schedule at once, then better ones until the limit or the bound.
package enum ProjectSolver {
    /// `clock` returns CPU seconds; only its differences count. Equal seeds and schedule limits give equal answers.
    package static func solve(
        _ problem: ProjectProblem, limits: ProjectLimits, seed: UInt64, clock: () -> Double
    ) throws(ProjectProblemError) -> ProjectAnswer {
        let started = clock()
        let limits = limits.schedules == nil && limits.seconds == nil ? ProjectLimits(seconds: 1) : limits
        let prepared = try PreparedProject(problem)
        guard prepared.impossible == nil else { return unscheduled(.infeasible) }
        let starting = StartingModes.find(prepared)
        guard let modes = starting.modes else { return unscheduled(starting.isProved ? .infeasible : .limit) }
        if ProjectEnumeration.isWorthwhile(prepared) {
            let exact = ProjectEnumeration.solve(prepared, limits: limits)
            if exact.isProved { return answer(problem, prepared, exact) }
        }
        let bound = ProjectBounds(prepared.problem, order: prepared.order).best
        return withoutActuallyEscaping(clock) { clock in
            let limit = SearchLimit(
                schedules: limits.schedules ?? .max, seconds: limits.seconds ?? .infinity, clock: clock,
                start: started, bound: Int32(bound), stride: problem.activities.count > 400 ? 1 : 8)
            let population = largestPopulation(activities: prepared.problem.activities.count, limits)
            var search = BipopulationSearch(prepared, seed: seed, population: population)
            search.startingModes = modes
            search.first(limit)
            search.run(limit)
            return answer(problem, prepared, search, bound: bound)
        }
    }

    /// Lists of both sides within some megabytes.
    private static func largestPopulation(activities: Int, _ limits: ProjectLimits) -> Int {
        let byMemory = max(4, 2_000_000 / max(1, activities))
        return min(1_200, byMemory, max(4, limits.schedules ?? .max))
    }

    private static func unscheduled(_ status: ProjectAnswer.Status) -> ProjectAnswer {
        ProjectAnswer(
            status: status, makespan: nil, lowerBound: 0, start: [], mode: [], method: "modes", schedules: 0)
    }

    private static func answer(
        _ problem: ProjectProblem, _ prepared: PreparedProject, _ exact: SearchOutcome
    ) -> ProjectAnswer {
        let indices = problem.activities.indices
        let start = indices.map { exact.hasPlan ? exact.start[$0] : 0 }
        let mode = indices.map { exact.hasPlan ? prepared.modeNumbers[$0][exact.choice[$0]] : 0 }
        let makespan = Int(exact.values.first ?? 0)
        let isFine = exact.hasPlan && ProjectChecker.violations(problem, start: start, mode: mode).isEmpty
        return ProjectAnswer(
            status: isFine ? .optimal : .infeasible, makespan: isFine ? makespan : nil, lowerBound: makespan,
            start: isFine ? start : [], mode: isFine ? mode : [], method: "enumeration",
            schedules: exact.nodes)
    }

    private static func answer(
        _ problem: ProjectProblem, _ prepared: PreparedProject, _ search: borrowing BipopulationSearch, bound: Int
    ) -> ProjectAnswer {
        var start: [Int] = []
        var mode: [Int] = []
        for activity in problem.activities.indices {
            let number = prepared.modeNumbers[activity][Int(search.bestMode[activity])]
            mode.append(number)
            start.append(Int(search.bestFinish[activity]) - problem.activities[activity].modes[number].duration)
        }
        let isFine = ProjectChecker.violations(problem, start: start, mode: mode).isEmpty
        let isOptimal = Int(search.best) <= bound
        return ProjectAnswer(
            status: isFine ? (isOptimal ? .optimal : .feasible) : .limit, makespan: isFine ? Int(search.best) : nil,
            lowerBound: bound, start: isFine ? start : [], mode: isFine ? mode : [], method: "genetic",
            schedules: search.kernel.schedules)
    }
}
