/// Lower bounds of a project's makespan that hold for every choice of modes.
struct ProjectBounds {
    /// Sums that the energy bound of one resource may take; larger projects look at a sample of heads.
    private static let mostSums = 10_000

    let problem: ProjectProblem
    let order: [Int]
    let shortest: [Int]
    let head: [Int]
    let tail: [Int]

    init(_ problem: ProjectProblem, order: [Int]) {
        self.problem = problem
        self.order = order
        shortest = problem.activities.map { $0.modes.map(\.duration).min() ?? 0 }
        var head = problem.activities.map(\.release)
        for activity in order {
            for successor in problem.activities[activity].successors {
                head[successor] = max(head[successor], head[activity] + shortest[activity])
            }
        }
        var tail = [Int](repeating: 0, count: problem.activities.count)
        for activity in order.reversed() {
            for successor in problem.activities[activity].successors {
                tail[activity] = max(tail[activity], tail[successor] + shortest[successor])
            }
        }
        self.head = head
        self.tail = tail
    }

    /// The longest chain.
    var criticalPath: Int { problem.activities.indices.map { head[$0] + shortest[$0] + tail[$0] }.max() ?? 0 }

    /// For every resource: the activities that start no earlier than some head and have no shorter tail must fit
    /// between them.
    var energy: Int {
        problem.renewable.indices.map { energy(of: $0) }.max() ?? 0
    }

    private func energy(of resource: Int) -> Int {
        guard problem.renewable[resource] > 0 else { return 0 }
        let work = problem.activities.map { activity in
            activity.modes.map { $0.duration * $0.renewable[resource] }.min() ?? 0
        }
        let busy = problem.activities.indices.filter { work[$0] > 0 }
        let all = Set(busy.map { head[$0] }).sorted()
        let step = max(1, all.count * busy.count / Self.mostSums)
        let heads = stride(from: 0, to: all.count, by: step).map { all[$0] }
        let byTail = busy.sorted { tail[$0] > tail[$1] }
        var best = 0
        for from in heads {
            var sum = 0
            for activity in byTail where head[activity] >= from {
                sum += work[activity]
                let needed = (sum + problem.renewable[resource] - 1) / problem.renewable[resource]
                best = max(best, from + needed + tail[activity])
            }
        }
        return best
    }

    var best: Int { max(criticalPath, energy) }

    /// Which bound has this value, the simplest first; `best` as it was computed.
    func name(of bound: Int, best: Int) -> String {
        if bound <= criticalPath { return "critical path" }
        return bound <= best ? "energy" : "destructive"
    }
}
