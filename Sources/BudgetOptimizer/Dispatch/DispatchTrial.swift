/// Plays an order of tasks through with given durations, as a dispatcher would: whenever something ends, every ready
/// task that has room starts, the first in the order first.
struct DispatchTrial {
    private let problem: DispatchProblem
    private let dependants: [[Int]]

    init(_ problem: DispatchProblem, dependants: [[Int]]) {
        self.problem = problem
        self.dependants = dependants
    }

    /// When the last task ends. Equal ranks do not occur.
    func makespan(rank: [Int], taskAt: [Int], durations: [Int]) -> Int {
        var free = problem.capacities
        var unmet = problem.tasks.map(\.needs.count)
        /// Ranks, ascending.
        var ready: [Int] = []
        var running: [(end: Int, task: Int)] = []
        for (task, value) in problem.tasks.enumerated() {
            if value.isRunning {
                take(task, &free, sign: 1)
                insert((durations[task], task), into: &running)
            } else if value.needs.isEmpty {
                ready.append(rank[task])
            }
        }
        ready.sort()
        var now = 0
        while true {
            ready.removeAll { place in
                let task = taskAt[place]
                guard holds(task, free) else { return false }
                take(task, &free, sign: 1)
                insert((now + durations[task], task), into: &running)
                return true
            }
            guard let next = running.last else { return now }
            now = next.end
            while let ended = running.last, ended.end == now {
                running.removeLast()
                take(ended.task, &free, sign: -1)
                for dependant in dependants[ended.task] {
                    unmet[dependant] -= 1
                    if unmet[dependant] == 0 { insert(rank[dependant], into: &ready) }
                }
            }
        }
    }

    private func holds(_ task: Int, _ free: [Int64]) -> Bool {
        let demand = problem.tasks[task].demand
        for line in free.indices where demand[line] > free[line] { return false }
        return true
    }

    private func take(_ task: Int, _ free: inout [Int64], sign: Int64) {
        let demand = problem.tasks[task].demand
        for line in free.indices { free[line] -= sign * demand[line] }
    }

    /// The earliest end last.
    private func insert(_ item: (end: Int, task: Int), into running: inout [(end: Int, task: Int)]) {
        var place = running.count
        while place > 0, running[place - 1].end < item.end { place -= 1 }
        running.insert(item, at: place)
    }

    private func insert(_ rank: Int, into ready: inout [Int]) {
        var place = ready.count
        while place > 0, ready[place - 1] > rank { place -= 1 }
        ready.insert(rank, at: place)
    }
}
