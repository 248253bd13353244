import BudgetOptimizer

/// Plays a project through by a policy that knows only what is expected, and what has happened.
struct Playing {
    enum Policy: CaseIterable {
        /// The plan's order, and what it says of promised places, planned anew on drift: as runs do.
        case sluice
        /// In the order in which tasks became ready.
        case firstInFirstOut
        /// The longest expected chain first.
        case criticalPath
    }

    private let project: RandomProject
    private let policy: Policy
    private var now = 0
    private var started: [Int?]
    private var ended: [Bool]
    private var unmet: [Int]
    private var dependants: [[Int]]
    /// In the order in which they became ready.
    private var ready: [Int] = []
    private var free: CountedCapacity
    private var rank: [Int]
    /// By task: when it is to end, as ticks since `planned`.
    private var plannedEnd: [Int] = []
    private var planned = 0
    private var span = 0
    private var keepsPlaces = false
    private(set) var plans = 0

    init(_ project: RandomProject, _ policy: Policy) {
        self.project = project
        self.policy = policy
        let tasks = project.expected.tasks
        started = tasks.map { _ in nil }
        ended = tasks.map { _ in false }
        unmet = tasks.map(\.needs.count)
        dependants = tasks.map { _ in [] }
        for (index, task) in tasks.enumerated() { for need in task.needs { dependants[need].append(index) } }
        free = CountedCapacity(project.expected.capacities)
        rank = Array(tasks.indices)
        ready = tasks.indices.filter { tasks[$0].needs.isEmpty }
    }

    /// The makespan.
    mutating func run() -> Int {
        switch policy {
        case .sluice: plan()
        case .firstInFirstOut: break
        case .criticalPath: rank = project.expected.tails.map { -$0 }
        }
        while ended.contains(false) {
            dispatch()
            step()
        }
        return now
    }

    private mutating func dispatch() {
        let tasks = project.expected.tasks
        if policy != .firstInFirstOut { ready.sort { (rank[$0], $0) < (rank[$1], $1) } }
        var promise: Reservation<CountedCapacity>?
        var left: [Int] = []
        for task in ready {
            let demand = tasks[task].demand
            let end = Int64(now + tasks[task].duration)
            if free.holds(demand), promise?.admits(demand, end: end) ?? true {
                promise?.start(demand, end: end)
                free.take(demand)
                started[task] = now
            } else {
                if keepsPlaces, promise == nil, !free.holds(demand) { promise = reserve(task) }
                left.append(task)
            }
        }
        ready = left
    }

    private func reserve(_ task: Int) -> Reservation<CountedCapacity>? {
        let running = atWork.map { (end: Int64(now + remaining($0)), request: project.expected.tasks[$0].demand) }
        return Reservation(
            for: project.expected.tasks[task].demand, free: free, running: running)
    }

    private var atWork: [Int] { started.indices.filter { started[$0] != nil && !ended[$0] } }

    private func remaining(_ task: Int) -> Int {
        let gone = now - (started[task] ?? now)
        return DispatchProblem.remaining(expected: project.expected.tasks[task].duration, elapsed: gone)
    }

    /// On to the next end, or to the moment at which something has run too long.
    private mutating func step() {
        let ends = atWork.map { (time: (started[$0] ?? 0) + project.actual[$0], task: $0) }
        guard let next = ends.min(by: { $0 < $1 }) else { preconditionFailure("something fits an empty pool") }
        if policy == .sluice, let late = overrun(before: next.time) {
            now = late
            return plan()
        }
        now = next.time
        var hasDrifted = false
        for end in ends where end.time == now {
            ended[end.task] = true
            free.giveBack(project.expected.tasks[end.task].demand)
            for other in dependants[end.task] {
                unmet[other] -= 1
                if unmet[other] == 0 { ready.append(other) }
            }
            guard policy == .sluice else { continue }
            hasDrifted = hasDrifted || isFar(end.task, hasEnded: true)
        }
        if hasDrifted { plan() }
    }

    private func isFar(_ task: Int, hasEnded: Bool) -> Bool {
        Drift.isTooFar(planned: plannedEnd[task], actual: now - planned, span: span, hasEnded: hasEnded)
    }

    private func overrun(before time: Int) -> Int? {
        let limits = atWork.map { planned + plannedEnd[$0] + Drift.allowance(span: span) + 1 }
        return limits.filter { $0 > now && $0 < time }.min()
    }

    private mutating func plan() {
        let tasks = project.expected.tasks
        let left = tasks.indices.filter { !ended[$0] }
        var place = [Int](repeating: -1, count: tasks.count)
        for (index, task) in left.enumerated() { place[task] = index }
        let problem = DispatchProblem(
            tasks: left.map { task in
                DispatchProblem.Task(
                    duration: started[task] == nil ? tasks[task].duration : remaining(task), demand: tasks[task].demand,
                    needs: tasks[task].needs.compactMap { place[$0] < 0 ? nil : place[$0] },
                    isRunning: started[task] != nil)
            }, capacities: project.expected.capacities)
        plans += 1
        let current = left.indices.sorted { (rank[left[$0]], $0) < (rank[left[$1]], $1) }
        let plan = DispatchSearch.plan(problem, current: plans == 1 ? nil : current, seed: 1)
        for (position, index) in plan.order.enumerated() { rank[left[index]] = position }
        plannedEnd = tasks.map { _ in 0 }
        span = plan.makespan
        keepsPlaces = plan.keepsPlaces
        planned = now
        for (index, task) in left.enumerated() {
            plannedEnd[task] = plan.start[index] + problem.tasks[index].duration
        }
    }
}
