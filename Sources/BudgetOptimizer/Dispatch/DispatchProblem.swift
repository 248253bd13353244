/// What is left of a project that has begun: which task goes first when several wait for the same capacity?
///
/// Times are ticks from now, amounts whole numbers in a scale that the caller chooses per capacity.
package struct DispatchProblem: Sendable, Equatable {
    package struct Task: Sendable, Equatable {
        /// How long it takes, or will still take where it runs.
        package var duration: Int
        /// What it holds while it runs, by capacity.
        package var demand: [Int64]
        /// Indices of the tasks that must end before it starts; they come before it.
        package var needs: [Int]
        package var isRunning: Bool

        package init(duration: Int, demand: [Int64], needs: [Int] = [], isRunning: Bool = false) {
            self.duration = duration
            self.demand = demand
            self.needs = needs
            self.isRunning = isRunning
        }
    }

    /// Every task after all that it needs.
    package var tasks: [Task]
    package var capacities: [Int64]

    /// What asks for more than there is asks for all of it.
    package init(tasks: [Task], capacities: [Int64]) {
        self.tasks = tasks.map { task in
            var task = task
            task.demand = zip(task.demand, capacities).map { min($0, max(0, $1)) }
            return task
        }
        self.capacities = capacities
    }

    /// By task: the longest chain of durations from its start to the end of everything.
    package var tails: [Int] {
        var tails = tasks.map(\.duration)
        for task in tasks.indices.reversed() {
            for need in tasks[task].needs { tails[need] = max(tails[need], tasks[need].duration + tails[task]) }
        }
        return tails
    }

    /// Whether any two tasks may have to wait for each other: everything that is left does not fit in at once.
    package var isContended: Bool {
        capacities.indices.contains { line in
            var left = capacities[line]
            return tasks.contains { task in
                left -= task.demand[line]
                return left < 0
            }
        }
    }
}

/// When every task is to start, and the order that follows.
package struct DispatchPlan: Sendable, Equatable {
    /// In ticks from now; 0 for what runs.
    package var start: [Int]
    package var makespan: Int
    /// Tasks, the first to go first.
    package var order: [Int]
    /// Whether the first without room is to be promised a place, which what comes behind it may not take. It then
    /// starts sooner, but what could have filled the gap waits: which of the two ends first differs by project.
    package var keepsPlaces: Bool

    init(_ problem: DispatchProblem, start: [Int], policy: DispatchPolicy) {
        self.start = start
        order = policy.order
        keepsPlaces = policy.keepsPlaces
        makespan = problem.tasks.indices.reduce(0) { max($0, start[$1] + problem.tasks[$1].duration) }
    }
}

extension DispatchProblem {
    /// How long something that has run for `elapsed` is still expected to take: what is left of the expectation, and
    /// never less than a tenth of it, for who is late will hardly end at once.
    package static func remaining(expected: Int, elapsed: Int) -> Int { max(1, expected - elapsed, expected / 10) }
}
