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
    /// What proves the lower bound: critical path, energy, destructive, enumeration; none where there is none.
    package var boundMethod: String
    /// By activity; empty without a schedule.
    package var start: [Int]
    /// Mode indices from 0, by activity; empty without a schedule.
    package var mode: [Int]
    package var method: String
    package var schedules: Int
}

/// Schedules projects: a first schedule at once, then better ones until the limit or the bound.
package enum ProjectSolver {
    private static let sumsPerSecond = 1e7
    private static let sumsPerSchedule = 100
    private static let mostSums = 500_000_000

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
        let bounds = prepared.bounds
        let work = boundWork(limits)
        if bounds.refutesDeadlines(work: work) { return unscheduled(.infeasible, method: "deadlines") }
        let simple = bounds.best
        return withoutActuallyEscaping(clock) { clock in
            var limit = SearchLimit(
                schedules: limits.schedules ?? .max, seconds: limits.seconds ?? .infinity, clock: clock,
                start: started, bound: Int32(simple), stride: problem.activities.count > 400 ? 1 : 8)
            let population = largestPopulation(activities: prepared.problem.activities.count, limits)
            var search = BipopulationSearch(prepared, seed: seed, population: population)
            search.startingModes = modes
            search.first(limit)
            if search.best > limit.bound, search.best < BipopulationSearch.late, limits.schedules != 1 {
                limit.bound = Int32(bounds.destructive(from: simple, upTo: Int(search.best), work: work))
            }
            search.improveWindows(limit)
            search.run(limit)
            let proof = bounds.name(of: Int(limit.bound), best: simple)
            return answer(problem, prepared, search, bound: Int(limit.bound), by: proof)
        }
    }

    /// Interval sums of the destructive bound: some percent of the search's own time, by the counted limit where there
    /// is one, so that equal limits give equal answers.
    private static func boundWork(_ limits: ProjectLimits) -> Int {
        let byTime = limits.seconds.map { Int(min(1e9, $0 * sumsPerSecond)) } ?? .max
        let bySchedules = limits.schedules.map { $0.multipliedReportingOverflow(by: sumsPerSchedule) }
        return min(byTime, bySchedules.map { $0.overflow ? .max : $0.partialValue } ?? .max, mostSums)
    }

    /// Lists of both sides within some megabytes.
    private static func largestPopulation(activities: Int, _ limits: ProjectLimits) -> Int {
        let byMemory = max(4, 2_000_000 / max(1, activities))
        return min(1_200, byMemory, max(4, limits.schedules ?? .max))
    }

    private static func unscheduled(_ status: ProjectAnswer.Status, method: String = "modes") -> ProjectAnswer {
        ProjectAnswer(
            status: status, makespan: nil, lowerBound: 0, boundMethod: "none", start: [], mode: [], method: method,
            schedules: 0)
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
            boundMethod: "enumeration", start: isFine ? start : [], mode: isFine ? mode : [], method: "enumeration",
            schedules: exact.nodes)
    }

    private static func answer(
        _ problem: ProjectProblem, _ prepared: PreparedProject, _ search: borrowing BipopulationSearch,
        bound: Int, by boundMethod: String
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
            lowerBound: bound, boundMethod: boundMethod, start: isFine ? start : [], mode: isFine ? mode : [],
            method: "genetic",
            schedules: search.kernel.schedules)
    }
}
