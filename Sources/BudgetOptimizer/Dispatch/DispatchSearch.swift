/// Plans what is left of a project: a bounded number of schedules, equal for equal problems and seeds.
///
/// The first schedule places tasks by the longest chain that hangs on them. It is then justified to the right and to
/// the left until that does not shorten it (Valls, Ballestín and Quintanilla 2005), and its start times, shaken, are
/// the order for the next one (iterated local search). Tasks that run stay where they are. As durations will not be
/// what is expected, the order is then chosen by how it does on several draws of them, and so is whether the first
/// without room is promised a place.
package struct DispatchSearch {
    private let problem: DispatchProblem
    private let tails: [Int]
    private let running: [Int]
    private let waiting: [Int]
    private var dependants: [[Int]]
    private var random: RandomSource
    private var schedules = 0
    private let limit: Int

    /// A plan after a bounded number of schedules. `current` is the order that holds so far, all tasks once: it stays
    /// unless another one is better.
    package static func plan(_ problem: DispatchProblem, current: [Int]?, seed: UInt64) -> DispatchPlan {
        var search = DispatchSearch(problem, limit: schedules(tasks: problem.tasks.count), seed: seed)
        return search.run(current)
    }

    /// More tasks than these are not planned while others wait for it.
    package static let mostTasks = 500

    /// How many schedules a plan of so many tasks is worth while others wait for it: some milliseconds.
    private static func schedules(tasks: Int) -> Int { min(100, max(20, 4_000 / max(1, tasks))) }

    private init(_ problem: DispatchProblem, limit: Int, seed: UInt64) {
        self.problem = problem
        self.limit = limit
        tails = problem.tails
        running = problem.tasks.indices.filter { problem.tasks[$0].isRunning }
        waiting = problem.tasks.indices.filter { !problem.tasks[$0].isRunning }
        dependants = problem.tasks.map { _ in [] }
        for (task, value) in problem.tasks.enumerated() {
            for need in value.needs { dependants[need].append(task) }
        }
        random = RandomSource(seed: seed)
    }

    private mutating func run(_ current: [Int]?) -> DispatchPlan {
        var best = justified(forward(by: tails.map { -$0 }))
        while schedules < limit, best.span > lowerBound {
            let next = justified(forward(by: shaken(best.start, span: best.span)))
            if next.span <= best.span { best = next }
        }
        return DispatchPlan(problem, start: best.start, policy: robustPolicy(best, current))
    }

    /// Of several orders the one that ends first on average over durations as they may turn out: the one that holds,
    /// the plan's, the longest chains, what lies between those two, and the best of them shaken.
    private mutating func robustPolicy(_ plan: Schedule, _ current: [Int]?) -> DispatchPolicy {
        let scenarios = (0..<Self.scenarios).map { $0 == 0 ? problem.tasks.map(\.duration) : drawnDurations() }
        let longest = tails.max() ?? 0
        let chains = tails.map { longest - $0 }
        let between = problem.tasks.indices.map { plan.start[$0] + chains[$0] }
        var best: (keys: [Int], order: [Int])?
        var least = Int.max
        func tryOut(_ keys: [Int], _ order: [Int]) {
            let sum = makespans(DispatchPolicy(order: order, keepsPlaces: false), scenarios)
            guard sum < least else { return }
            (best, least) = ((keys, order), sum)
        }
        if let current { tryOut(plan.start, current) }
        for keys in [plan.start, chains, between] { tryOut(keys, order(keys)) }
        for _ in 0..<Self.candidates {
            let keys = shaken(best?.keys ?? chains, span: plan.span)
            tryOut(keys, order(keys))
        }
        let filling = DispatchPolicy(order: best?.order ?? Array(problem.tasks.indices), keepsPlaces: false)
        let keeping = DispatchPolicy(order: filling.order, keepsPlaces: true)
        return makespans(keeping, scenarios) < least ? keeping : filling
    }

    private func order(_ keys: [Int]) -> [Int] {
        problem.tasks.indices.sorted { (keys[$0], -tails[$0], $0) < (keys[$1], -tails[$1], $1) }
    }

    /// Summed over the scenarios.
    private func makespans(_ policy: DispatchPolicy, _ scenarios: [[Int]]) -> Int {
        let trial = DispatchTrial(problem, dependants: dependants)
        return scenarios.reduce(0) { $0 + trial.makespan(policy, durations: $1) }
    }

    private static let scenarios = 8
    private static let candidates = 40

    /// Each duration times a factor between 0.5 and about 2, most near to 1: the mean of three draws, in logarithms.
    private mutating func drawnDurations() -> [Int] {
        problem.tasks.map { task in
            let draw = random.below(1 << 10) + random.below(1 << 10) + random.below(1 << 10)
            let share = Double(draw) / Double(3 << 10) - 0.5
            let square = share * 1.9 * share * 1.9 / 2
            return max(1, Int(Double(task.duration) * (1 + share * 1.9 + square)))
        }
    }

    private typealias Schedule = (start: [Int], span: Int)

    /// No schedule is shorter than the longest chain, nor than the work that a capacity has to take.
    private var lowerBound: Int {
        let chain = tails.max() ?? 0
        let loads = problem.capacities.indices.map { line in
            let work = problem.tasks.reduce(Int128(0)) { $0 + Int128($1.demand[line]) * Int128($1.duration) }
            let capacity = Int128(max(1, problem.capacities[line]))
            return Int(clamping: (work + capacity - 1) / capacity)
        }
        return max(chain, loads.max() ?? 0)
    }

    /// Start times, each moved by up to a share of the span: mostly small moves, now and then a large one.
    private mutating func shaken(_ start: [Int], span: Int) -> [Int] {
        let width = max(2, span / [40, 20, 10, 4][random.below(4)])
        return start.map { $0 + Int(random.next() % UInt64(width)) }
    }

    /// Right and left until it is no shorter.
    private mutating func justified(_ first: Schedule) -> Schedule {
        var best = first
        while schedules < limit {
            let next = forward(by: backward(best))
            guard next.span < best.span else { return best }
            best = next
        }
        return best
    }

    /// The serial scheme in the order of the keys, as far as precedence allows.
    private mutating func forward(by keys: [Int]) -> Schedule {
        schedules += 1
        var timeline = ResourceTimeline(resources: problem.capacities.count)
        var start = [Int](repeating: 0, count: problem.tasks.count)
        for task in running {
            timeline.add(start: 0, duration: problem.tasks[task].duration, demand: problem.tasks[task].demand)
        }
        for task in list(by: keys) {
            let value = problem.tasks[task]
            let release = value.needs.reduce(0) { max($0, start[$1] + problem.tasks[$1].duration) }
            start[task] = timeline.firstFit(
                release: release, duration: value.duration, demand: value.demand, capacity: problem.capacities)
            timeline.add(start: start[task], duration: value.duration, demand: value.demand)
        }
        return (start, problem.tasks.indices.reduce(0) { max($0, start[$1] + problem.tasks[$1].duration) })
    }

    /// The waiting tasks by key, none before what it needs.
    private func list(by keys: [Int]) -> [Int] {
        var keys = keys
        for task in problem.tasks.indices.reversed() {
            for need in problem.tasks[task].needs { keys[need] = min(keys[need], keys[task]) }
        }
        return waiting.sorted { (keys[$0], $0) < (keys[$1], $1) }
    }

    /// Start times with everything as late as it may be; the last ends first.
    private mutating func backward(_ schedule: Schedule) -> [Int] {
        schedules += 1
        var timeline = ResourceTimeline(resources: problem.capacities.count)
        var fromEnd = [Int](repeating: 0, count: problem.tasks.count)
        let ends = problem.tasks.indices.map { schedule.start[$0] + problem.tasks[$0].duration }
        for task in problem.tasks.indices.sorted(by: { (ends[$0], $0) > (ends[$1], $1) }) {
            let value = problem.tasks[task]
            let release = dependants[task].reduce(0) { max($0, fromEnd[$1] + problem.tasks[$1].duration) }
            fromEnd[task] = timeline.firstFit(
                release: release, duration: value.duration, demand: value.demand, capacity: problem.capacities)
            timeline.add(start: fromEnd[task], duration: value.duration, demand: value.demand)
        }
        let span = schedule.span
        return problem.tasks.indices.map { span - fromEnd[$0] - problem.tasks[$0].duration }
    }
}
