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
        shortest = problem.activities.map(\.shortest)
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
        let byTail = order.sorted { tail[$0] > tail[$1] }
        let heads = Set(head).sorted()
        return problem.renewable.indices.map { energy(of: $0, byTail: byTail, heads: heads) }.max() ?? 0
    }

    private func energy(of resource: Int, byTail: [Int], heads: [Int]) -> Int {
        let capacity = problem.renewable[resource]
        guard capacity > 0 else { return 0 }
        var busy: [(head: Int, tail: Int, work: Int)] = []
        for activity in byTail {
            var least = Int.max
            for mode in problem.activities[activity].modes {
                least = min(least, mode.duration * mode.renewable[resource])
            }
            if least > 0, least < .max { busy.append((head[activity], tail[activity], least)) }
        }
        let step = max(1, heads.count * busy.count / Self.mostSums)
        var best = 0
        for index in stride(from: 0, to: heads.count, by: step) {
            var sum = 0
            for activity in busy where activity.head >= heads[index] {
                sum += activity.work
                best = max(best, heads[index] * capacity + sum + activity.tail * capacity)
            }
        }
        return (best + capacity - 1) / capacity
    }

    var best: Int { max(criticalPath, energy) }

    /// Which bound has this value, the simplest first; `best` as it was computed.
    func name(of bound: Int, best: Int) -> String {
        if bound <= criticalPath { return "critical path" }
        return bound <= best ? "energy" : "destructive"
    }
}
