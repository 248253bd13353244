/// The genetic algorithm on activity lists with two populations (Debels and Vanhoucke 2005; Van Peteghem and
/// Vanhoucke 2010): lists of left-justified schedules breed right-justified ones and the other way round, so that
/// every pass is half of a forward-backward improvement.
///
/// A project with deadlines has one population, of lists for passes forwards: to justify a schedule to the right moves
/// what has room towards its deadline and beyond. Lateness is then worse than any makespan.
struct BipopulationSearch: ~Copyable {
    /// How often a pass looks for a better mode of an activity.
    private static let improvedPercent = 30
    /// Children per individual without any improvement before an island counts as settled.
    private static let patience = (oneMode: 12, severalModes: 12)
    /// Schedules that the search expects to make per individual of its first population.
    private static let schedulesPerIndividual = (oneMode: 360, severalModes: 300)
    private static let firstPopulation = 30...400
    /// Individuals drawn before the population's size is settled.
    private static let probes = 10

    var kernel: ScheduleKernel
    let count: Int
    var random: RandomSource
    let finish: FlatArray<Int32>
    let child: FlatArray<Int32>
    let isTaken: FlatArray<Bool>
    let segment: FlatArray<Int32>
    /// Lists of the population, one after the other, sorted by their schedule's starts.
    var lists: FlatArray<Int32>
    /// Per side; side 0 waits for a forward pass, side 1 for a backward one.
    var values: [[Int32]] = [[], []]
    var prints: [[UInt64]] = [[], []]
    var best: Int32 = .max
    let bestFinish: FlatArray<Int32>
    let bestMode: FlatArray<Int32>
    let isMultiMode: Bool
    /// By activity; empty without any.
    let deadlines: [Int32]
    /// Values from here on are of schedules that miss deadlines, by how much.
    static let late: Int32 = 1 << 28
    /// Mode vectors of the population, like `lists`.
    let modes: FlatArray<Int32>
    /// A mode vector that keeps every total, to start from.
    var startingModes: [Int] = []
    let capacity: Int
    /// Individuals of the first population.
    var firstSize = 0
    let order: [Int]

    init(_ prepared: PreparedProject, seed: UInt64, population: Int) {
        let problem = prepared.problem
        order = prepared.order
        kernel = ScheduleKernel(problem, prepared.bounds)
        count = problem.activities.count
        random = RandomSource(seed: seed)
        finish = FlatArray(repeating: 0, count: count)
        child = FlatArray(repeating: 0, count: count)
        isTaken = FlatArray(repeating: false, count: count)
        segment = FlatArray(repeating: 0, count: count)
        capacity = population
        lists = FlatArray(repeating: 0, count: 2 * count * population)
        bestFinish = FlatArray(repeating: 0, count: count)
        isMultiMode = problem.isMultiMode
        modes = FlatArray(repeating: 0, count: isMultiMode ? 2 * count * population : 0)
        bestMode = FlatArray(repeating: 0, count: count)
        let hasDeadlines = problem.activities.contains { $0.deadline != nil }
        deadlines = hasDeadlines ? problem.activities.map { Int32(clamping: $0.deadline ?? .max) } : []
        for activity in 0..<count { kernel.assign(activity, 0) }
    }

    /// The first schedule: latest finish first, then improved both ways until nothing improves.
    mutating func first(_ limit: SearchLimit) {
        if isMultiMode {
            for activity in 0..<count { kernel.assign(activity, startingModes[activity]) }
            _ = kernel.countSlack()
        }
        let latest = latestFinish()
        build { latest[$0] }
        var side = 0
        var idle = 0
        while idle < 2, !isDone(limit) || kernel.schedules == 0 {
            let before = best
            let value = schedule(side: side)
            side = next(side)
            keepIfBest(side: side, value)
            idle = best < before ? 0 : idle + 1
        }
        if side == 0, !isDone(limit) { seed() }
    }

    /// The child as a forward list: one pass each way, one individual on each side.
    mutating func seed() {
        let value = schedule(side: 0)
        insert(side: next(0), value, at: nil)
        guard next(0) == 1 else { return }
        let back = schedule(side: 1)
        insert(side: 0, back, at: nil)
    }

    /// The side whose lists a pass over a list of this side makes.
    private func next(_ side: Int) -> Int { deadlines.isEmpty ? 1 - side : 0 }

    /// Searches until the limit or the bound: islands of fresh individuals breed alone until they settle, then with all
    /// that came before, so that newcomers are not swallowed by what is already good.
    mutating func run(_ limit: SearchLimit) {
        let latest = latestFinish()
        let begun = limit.clock()
        let done = kernel.schedules
        draw(latest, upTo: min(Self.probes, capacity), limit)
        let passes = Double(max(1, kernel.schedules - done))
        var target = firstPopulation(limit, passSeconds: max(1e-9, limit.clock() - begun) / passes)
        let island = max(2, target)
        firstSize = target
        while !isDone(limit) {
            if values[0].count + island > capacity { shrink(to: capacity / 2) }
            let first = values[0].count < target ? 0 : values[0].count
            draw(latest, upTo: min(capacity, max(target, first + island)), limit)
            breed(from: first, limit)
            if first > 0 { breed(from: 0, limit) }
            target = 0
        }
    }

    /// Keeps the individuals that are best on both sides together.
    private mutating func shrink(to size: Int) {
        let ranked = values[0].indices.sorted { a, b in
            let left = values[0][a] + values[next(0)][a]
            let right = values[0][b] + values[next(0)][b]
            return left == right ? a < b : left < right
        }
        let kept = ranked.prefix(size).sorted()
        for side in 0...next(0) {
            for (slot, source) in kept.enumerated() where slot != source {
                let target = (side * capacity + slot) * count
                let origin = (side * capacity + source) * count
                (lists.base + target).update(from: lists.base + origin, count: count)
                if isMultiMode { (modes.base + target).update(from: modes.base + origin, count: count) }
            }
            values[side] = kept.map { values[side][$0] }
            prints[side] = kept.map { prints[side][$0] }
        }
    }

    private mutating func draw(_ latest: [Int32], upTo target: Int, _ limit: SearchLimit) {
        while values[0].count < target, !isDone(limit) {
            drawModes()
            biased(latest)
            seed()
        }
    }

    /// Little time wants a small population, which converges sooner: the size follows from the schedules that the
    /// limit will allow.
    private func firstPopulation(_ limit: SearchLimit, passSeconds: Double) -> Int {
        let byTime = limit.seconds < .infinity ? Int(min(1e9, 1.3 * limit.seconds / passSeconds)) : Int.max
        let share = isMultiMode ? Self.schedulesPerIndividual.severalModes : Self.schedulesPerIndividual.oneMode
        let wanted = min(limit.schedules, byTime) / share
        return min(capacity, max(Self.firstPopulation.lowerBound, min(wanted, Self.firstPopulation.upperBound)))
    }

    /// Breeds the individuals from `first` on until they stagnate.
    private mutating func breed(from first: Int, _ limit: SearchLimit) {
        var idle = 0
        var side = 0
        let size = values[0].count - first
        let patience = isMultiMode ? Self.patience.severalModes : Self.patience.oneMode
        guard size > 0 else { return }
        while !isDone(limit), idle < patience * size {
            let mother = first + random.below(size)
            cross(mother, pickFather(side, from: first), side)
            mutate(side)
            guard !isMultiMode || mutateModes() else {
                kernel.countUnused()
                idle += 1
                continue
            }
            let value = schedule(side: side, most: values[next(side)][mother])
            side = next(side)
            idle += 1
            if value != ScheduleKernel.givenUp, insert(side: side, value, at: mother) { idle = 0 }
        }
    }

    /// One pass in the direction that the side's lists have; given up when it cannot be as good as `most`. Afterwards the
    /// child is a list for the next side. Returns how good the schedule is: its makespan, or its lateness from `late` on.
    private mutating func schedule(side: Int, most: Int32 = .max) -> Int32 {
        let span =
            isMultiMode
            ? kernel.improving(
                child.base, isForward: side == 0, finish: finish, most: most, percent: Self.improvedPercent,
                random: &random)
            : kernel.pass(child.base, isForward: side == 0, finish: finish, most: most)
        guard span != ScheduleKernel.givenUp else { return span }
        guard deadlines.isEmpty else { return lateness().map { Self.late + $0 } ?? span }
        kernel.sortLatestFirst(child.base, key: finish.base, top: span)
        return span
    }

    /// A pass without modes that change; the child is a list for the next side afterwards.
    mutating func settle(_ side: Int) -> Int32 {
        let span = kernel.pass(child.base, isForward: side == 0, finish: finish)
        kernel.sortLatestFirst(child.base, key: finish.base, top: span)
        return span
    }

    func takeBestModes() {
        for activity in 0..<count { kernel.assign(activity, Int(bestMode[activity])) }
    }

    /// Ticks by which deadlines are missed, at most 2^28 together; nil when all are kept.
    private func lateness() -> Int32? {
        var sum = 0
        for activity in 0..<count { sum += max(0, Int(finish[activity]) - Int(deadlines[activity])) }
        return sum > 0 ? Int32(min(sum, Int(Self.late))) : nil
    }

    func isDone(_ limit: SearchLimit) -> Bool { best <= limit.bound || limit.isReached(kernel.schedules) }

    // MARK: Population

    @discardableResult
    private mutating func insert(side: Int, _ value: Int32, at index: Int?) -> Bool {
        keepIfBest(side: side, value)
        if let index, value > values[side][index] { return false }
        var print: UInt64 = 0xcbf2_9ce4_8422_2325
        for activity in 0..<count {
            print = (print ^ UInt64(truncatingIfNeeded: finish[activity])) &* 0x100_0000_01b3
        }
        if index != nil, prints[side].contains(print) { return false }
        let isProgress = index.map { value < values[side][$0] } ?? true
        let slot = index ?? values[side].count
        if index == nil {
            values[side].append(value)
            prints[side].append(print)
        } else {
            values[side][slot] = value
            prints[side][slot] = print
        }
        (lists.base + (side * capacity + slot) * count).update(from: child.base, count: count)
        if isMultiMode {
            (modes.base + (side * capacity + slot) * count).update(from: kernel.mode.base, count: count)
        }
        return isProgress
    }

    /// Keeps a schedule that is better than the best; those of passes backwards, which side 0 receives where there are
    /// two, count from the project's end.
    mutating func keepIfBest(side: Int, _ value: Int32) {
        guard value < best else { return }
        best = value
        bestMode.copy(from: kernel.mode)
        let isMirrored = side == 0 && deadlines.isEmpty
        for activity in 0..<count {
            bestFinish[activity] = isMirrored ? value - finish[activity] + kernel.duration[activity] : finish[activity]
        }
    }
}
