/// What every schedule that ends by a given tick must keep: the earliest start and the latest end of each activity,
/// narrowed until nothing changes or a contradiction shows that there is no such schedule.
///
/// Precedence, the time table of what must run (Klein and Scholl 1999) and energetic reasoning (Baptiste, Le Pape and
/// Nuijten 1999), over all modes that are left: an activity counts with the least energy that any of them spends.
struct StartWindows {
    private let problem: ProjectProblem
    private let order: [Int]
    private let shortest: [Int]
    /// By activity and resource, what every mode requests at least.
    private let request: [[Int]]
    private(set) var earliest: [Int]
    private(set) var latestEnd: [Int]
    /// Interval sums that may still be computed; what is not computed refutes nothing.
    private(set) var work: Int

    /// Windows of a project that ends by `end`; `bounds` are of the same project.
    init(_ bounds: ProjectBounds, endingBy end: Int, work: Int) {
        problem = bounds.problem
        order = bounds.order
        shortest = bounds.shortest
        let problem = bounds.problem
        request = problem.activities.map { activity in
            problem.renewable.indices.map { resource in activity.modes.map { $0.renewable[resource] }.min() ?? 0 }
        }
        earliest = bounds.head
        latestEnd = zip(problem.activities, bounds.tail).map { min($0.deadline ?? end, end - $1) }
        self.work = work
    }

    /// True when no schedule keeps the windows.
    mutating func isRefuted() -> Bool {
        var isChanged = true
        while isChanged {
            isChanged = false
            guard propagate(&isChanged) else { return true }
            for resource in problem.renewable.indices where !fitTimeTable(resource, &isChanged) { return true }
        }
        return problem.renewable.indices.contains { exceedsEnergy($0) }
    }

    /// Heads along the arcs, tails against them; false when a window is too short.
    private mutating func propagate(_ isChanged: inout Bool) -> Bool {
        for activity in order {
            guard earliest[activity] + shortest[activity] <= latestEnd[activity] else { return false }
            for successor in problem.activities[activity].successors
            where earliest[successor] < earliest[activity] + shortest[activity] {
                earliest[successor] = earliest[activity] + shortest[activity]
                isChanged = true
            }
        }
        for activity in order.reversed() {
            for successor in problem.activities[activity].successors
            where latestEnd[activity] > latestEnd[successor] - shortest[successor] {
                latestEnd[activity] = latestEnd[successor] - shortest[successor]
                isChanged = true
            }
            guard earliest[activity] + shortest[activity] <= latestEnd[activity] else { return false }
        }
        return true
    }

    // MARK: Time table

    /// What must run at a tick fits, and no activity starts or ends where the others leave no room for it; false when it
    /// does not fit.
    private mutating func fitTimeTable(_ resource: Int, _ isChanged: inout Bool) -> Bool {
        let steps = compulsoryUse(of: resource)
        let capacity = problem.renewable[resource]
        guard steps.allSatisfy({ $0.use <= capacity }) else { return false }
        for activity in order where request[activity][resource] > 0 && shortest[activity] > 0 {
            let need = request[activity][resource]
            let mustStart = latestEnd[activity] - shortest[activity]
            let mustEnd = earliest[activity] + shortest[activity]
            for step in steps where step.use + need > capacity {
                // Within its own compulsory part the activity itself is counted.
                if mustStart < mustEnd, step.from < mustEnd, mustStart < step.to { continue }
                if step.from < earliest[activity] + shortest[activity], earliest[activity] < step.to {
                    earliest[activity] = step.to
                    isChanged = true
                }
            }
            for step in steps.reversed() where step.use + need > capacity {
                if mustStart < mustEnd, step.from < mustEnd, mustStart < step.to { continue }
                if step.to > latestEnd[activity] - shortest[activity], latestEnd[activity] > step.from {
                    latestEnd[activity] = step.from
                    isChanged = true
                }
            }
            guard earliest[activity] + shortest[activity] <= latestEnd[activity] else { return false }
        }
        return true
    }

    /// The constant stretches of what must run whatever the start times are.
    private func compulsoryUse(of resource: Int) -> [(from: Int, to: Int, use: Int)] {
        var changes: [(tick: Int, change: Int)] = []
        for activity in problem.activities.indices where request[activity][resource] > 0 {
            let from = latestEnd[activity] - shortest[activity]
            let to = earliest[activity] + shortest[activity]
            guard from < to else { continue }
            changes.append((from, request[activity][resource]))
            changes.append((to, -request[activity][resource]))
        }
        changes.sort { $0.tick < $1.tick }
        var steps: [(from: Int, to: Int, use: Int)] = []
        var use = 0
        for (index, change) in changes.enumerated() {
            use += change.change
            guard index + 1 < changes.count, changes[index + 1].tick > change.tick, use > 0 else { continue }
            steps.append((change.tick, changes[index + 1].tick, use))
        }
        return steps
    }

    // MARK: Energy

    /// Whether some interval must hold more than the resource has.
    private mutating func exceedsEnergy(_ resource: Int) -> Bool {
        let busy = problem.activities.indices.filter { activity in
            problem.activities[activity].modes.allSatisfy { $0.renewable[resource] > 0 && $0.duration > 0 }
        }
        let modes = busy.map { activity in
            problem.activities[activity].modes.map { (length: $0.duration, need: $0.renewable[resource]) }
        }
        let starts = Set(busy.flatMap { [earliest[$0], latestEnd[$0] - shortest[$0]] }).sorted()
        let ends = Set(busy.flatMap { [latestEnd[$0], earliest[$0] + shortest[$0]] }).sorted()
        for from in starts {
            for to in ends where to > from {
                work -= busy.count
                if work < 0 { return false }
                var energy = 0
                for (index, activity) in busy.enumerated() where latestEnd[activity] > from && earliest[activity] < to {
                    energy += modes[index].reduce(Int.max) { least, mode in
                        min(least, mode.need * inside(activity, mode.length, from, to))
                    }
                }
                if energy > problem.renewable[resource] * (to - from) { return true }
            }
        }
        return false
    }

    /// Ticks of the activity within the interval, shifted to whichever end leaves fewer.
    private func inside(_ activity: Int, _ length: Int, _ from: Int, _ to: Int) -> Int {
        let left = min(to, earliest[activity] + length) - max(from, earliest[activity])
        let right = min(to, latestEnd[activity]) - max(from, latestEnd[activity] - length)
        return max(0, min(left, right))
    }
}
