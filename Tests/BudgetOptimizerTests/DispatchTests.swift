import Testing

@testable import BudgetOptimizer

@Suite("dispatch")
struct DispatchTests {
    @Test("a plan holds to needs, capacities and what runs, and plans every task once", arguments: 0..<40)
    func plansAreValid(number: Int) {
        let seed = UInt64(610_000 + number)
        let problem = Self.random(seed: seed)
        let plan = DispatchSearch.plan(problem, current: nil, seed: seed)
        #expect(plan.order.sorted() == Array(problem.tasks.indices), "seed \(seed)")
        for (index, task) in problem.tasks.enumerated() {
            if task.isRunning { #expect(plan.start[index] == 0, "seed \(seed)") }
            let ready = task.needs.map { plan.start[$0] + problem.tasks[$0].duration }.max() ?? 0
            #expect(plan.start[index] >= ready, "seed \(seed), task \(index)")
            for line in problem.capacities.indices {
                let held = problem.tasks.indices.filter { other in
                    let end = plan.start[other] + problem.tasks[other].duration
                    return plan.start[other] <= plan.start[index] && plan.start[index] < end
                }
                let sum = held.reduce(0) { $0 + problem.tasks[$1].demand[line] }
                #expect(sum <= problem.capacities[line], "seed \(seed), task \(index)")
            }
        }
        #expect(plan.makespan >= problem.tails.max() ?? 0, "seed \(seed)")
        #expect(DispatchSearch.plan(problem, current: nil, seed: seed) == plan, "seed \(seed)")
    }

    @Test("a promised place keeps what is large from waiting for all that is small")
    func promisedPlaces() {
        let problem = DispatchProblem(
            tasks: [
                .init(duration: 10, demand: [1]), .init(duration: 30, demand: [2]), .init(duration: 20, demand: [1]),
                .init(duration: 10, demand: [1]),
            ], capacities: [2])
        let trial = DispatchTrial(problem, dependants: problem.tasks.map { _ in [] })
        let durations = problem.tasks.map(\.duration)
        // The large one starts at 10, the task of 10 fits in before it, and that of 20 comes after it.
        #expect(trial.makespan(.init(order: [0, 1, 2, 3], keepsPlaces: true), durations: durations) == 60)
        // Both small ones fill the gap, and the large one starts at 20.
        #expect(trial.makespan(.init(order: [0, 1, 2, 3], keepsPlaces: false), durations: durations) == 50)
        let plan = DispatchSearch.plan(problem, current: nil, seed: 1)
        #expect(!plan.keepsPlaces && plan.makespan == 50)
    }

    @Test("places are kept where what hangs on the large one would otherwise come late")
    func keptPlaces() {
        // Small tasks would keep the large one, and the long chain behind it, from starting until all of them ended.
        let small = (0..<4).map { DispatchProblem.Task(duration: 20 + $0, demand: [1]) }
        let large = DispatchProblem.Task(duration: 30, demand: [2])
        let chain = DispatchProblem.Task(duration: 200, demand: [1], needs: [5])
        let running = DispatchProblem.Task(duration: 10, demand: [1], isRunning: true)
        let problem = DispatchProblem(tasks: small + [running, large, chain], capacities: [2])
        let plan = DispatchSearch.plan(problem, current: nil, seed: 1)
        #expect(plan.start[5] == 10 && plan.makespan == 240)
        #expect(plan.keepsPlaces)
    }

    @Test("what may start beside a promised place ends before it or leaves room for it")
    func reservations() throws {
        let free = CountedCapacity([1, 8])
        let running: [(end: Int64, request: [Int64])] = [(40, [2, 0]), (20, [1, 4])]
        var promise = try #require(Reservation(for: [2, 4], free: free, running: running))
        #expect(promise.time == 20)
        #expect(promise.admits([1, 8], end: 20) && !promise.admits([1, 8], end: 21))
        #expect(promise.admits([0, 8], end: 99))
        promise.start([0, 8], end: 99)
        #expect(!promise.admits([0, 1], end: 99) && promise.admits([0, 1], end: 20))
        #expect(Reservation(for: [5, 0], free: free, running: running) == nil)
    }

    @Test("with durations that turn out differently, the plan ends before the order of arrival and the longest chains")
    func plansAreAhead() {
        var sums = (plan: 0.0, arrival: 0.0, chains: 0.0)
        for seed in UInt64(620_000)..<620_060 {
            let problem = Self.random(seed: seed)
            var random = SeededGenerator(seed: seed)
            let actual = problem.tasks.map { max(1, $0.duration * Int.random(in: 60...160, using: &random) / 100) }
            let trial = DispatchTrial(problem, dependants: problem.dependants)
            let plan = DispatchSearch.plan(problem, current: nil, seed: 1)
            let tails = problem.tails
            let chains = problem.tasks.indices.sorted { (-tails[$0], $0) < (-tails[$1], $1) }
            let ends = [
                DispatchPolicy(order: plan.order, keepsPlaces: plan.keepsPlaces),
                DispatchPolicy(order: Array(problem.tasks.indices), keepsPlaces: false),
                DispatchPolicy(order: chains, keepsPlaces: false),
            ].map { Double(trial.makespan($0, durations: actual)) }
            sums.plan += 1
            sums.arrival += ends[1] / ends[0]
            sums.chains += ends[2] / ends[0]
        }
        #expect(sums.arrival > sums.plan * 1.03, "\(sums), seeds 620000 to 620059")
        #expect(sums.chains > sums.plan, "\(sums), seeds 620000 to 620059")
    }

    @Test("the order that holds stays where no other is better")
    func ordersStay() {
        let tasks = (0..<6).map { _ in DispatchProblem.Task(duration: 10, demand: [1]) }
        let problem = DispatchProblem(tasks: tasks, capacities: [6])
        let current = [5, 3, 1, 0, 2, 4]
        #expect(DispatchSearch.plan(problem, current: current, seed: 7).order == current)
    }

    /// Some tasks of which the first may run, in layers.
    private static func random(seed: UInt64) -> DispatchProblem {
        var random = SeededGenerator(seed: seed)
        let capacities: [Int64] = [4, 8]
        var left = capacities
        let tasks = (0..<Int.random(in: 8...40, using: &random)).map { index in
            let demand = capacities.map { Int64.random(in: 0...$0 / 2, using: &random) }
            let isRunning = index < 3 && zip(left, demand).allSatisfy(>=)
            if isRunning { left = zip(left, demand).map(-) }
            let needs = index < 6 ? [] : (0..<2).map { _ in Int.random(in: 0..<index, using: &random) }
            return DispatchProblem.Task(
                duration: .random(in: 5...200, using: &random), demand: demand, needs: Set(needs).sorted(),
                isRunning: isRunning)
        }
        return DispatchProblem(tasks: tasks, capacities: capacities)
    }
}

extension DispatchProblem {
    fileprivate var dependants: [[Int]] {
        var dependants = tasks.map { _ in [Int]() }
        for (index, task) in tasks.enumerated() { for need in task.needs { dependants[need].append(index) } }
        return dependants
    }
}
