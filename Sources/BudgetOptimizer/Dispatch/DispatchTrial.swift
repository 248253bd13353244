/// What a dispatcher goes by.
struct DispatchPolicy {
    /// Tasks, the first to go first.
    var order: [Int]
    /// Whether the first without room is promised a place.
    var keepsPlaces: Bool
}

/// Plays a policy through with given durations, as a dispatcher would: whenever something ends, every ready task that
/// has room starts, the first in the order first, unless it would take a promised place.
struct DispatchTrial {
    private let problem: DispatchProblem
    private let dependants: [[Int]]

    init(_ problem: DispatchProblem, dependants: [[Int]]) {
        self.problem = problem
        self.dependants = dependants
    }

    /// When the last task ends.
    func makespan(_ policy: DispatchPolicy, durations: [Int]) -> Int {
        var state = Playing(problem, policy, durations)
        while true {
            state.dispatch()
            guard let ended = state.nextEnds() else { return state.now }
            for task in ended { state.release(dependants[task]) }
        }
    }
}

extension DispatchTrial {
    /// One trial while it is played.
    private struct Playing {
        private let problem: DispatchProblem
        private let policy: DispatchPolicy
        private let durations: [Int]
        private(set) var now = 0
        private var rank: [Int]
        private var free: CountedCapacity
        private var unmet: [Int]
        /// Ranks, ascending.
        private var ready: [Int] = []
        /// The earliest end last.
        private var running: [(end: Int, task: Int)] = []

        init(_ problem: DispatchProblem, _ policy: DispatchPolicy, _ durations: [Int]) {
            self.problem = problem
            self.policy = policy
            self.durations = durations
            free = CountedCapacity(problem.capacities)
            unmet = problem.tasks.map(\.needs.count)
            rank = policy.order
            for (place, task) in policy.order.enumerated() { rank[task] = place }
            for (task, value) in problem.tasks.enumerated() {
                if value.isRunning { start(task) } else if value.needs.isEmpty { ready.append(rank[task]) }
            }
            ready.sort()
        }

        mutating func dispatch() {
            var promise: Reservation<CountedCapacity>?
            var left: [Int] = []
            for place in ready {
                let task = policy.order[place]
                let demand = problem.tasks[task].demand
                let end = Int64(now + durations[task])
                if free.holds(demand), promise?.admits(demand, end: end) ?? true {
                    promise?.start(demand, end: end)
                    start(task)
                } else {
                    if policy.keepsPlaces, promise == nil { promise = reserve(demand) }
                    left.append(place)
                }
            }
            ready = left
        }

        /// The tasks that end next, at the same moment; nil when nothing runs.
        mutating func nextEnds() -> [Int]? {
            guard let next = running.last else { return nil }
            now = next.end
            var ended: [Int] = []
            while let last = running.last, last.end == now {
                running.removeLast()
                free.giveBack(problem.tasks[last.task].demand)
                ended.append(last.task)
            }
            return ended
        }

        mutating func release(_ dependants: [Int]) {
            for task in dependants {
                unmet[task] -= 1
                guard unmet[task] == 0 else { continue }
                let place = ready.firstIndex { $0 > rank[task] } ?? ready.count
                ready.insert(rank[task], at: place)
            }
        }

        private func reserve(_ demand: [Int64]) -> Reservation<CountedCapacity>? {
            let ends = running.map { (end: Int64($0.end), request: problem.tasks[$0.task].demand) }
            return Reservation(for: demand, free: free, running: ends)
        }

        private mutating func start(_ task: Int) {
            free.take(problem.tasks[task].demand)
            let end = now + durations[task]
            var place = running.count
            while place > 0, running[place - 1].end < end { place -= 1 }
            running.insert((end, task), at: place)
        }
    }
}
