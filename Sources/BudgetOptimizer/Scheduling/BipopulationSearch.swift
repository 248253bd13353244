/// The genetic algorithm on activity lists with two populations (Debels and Vanhoucke 2005; Van Peteghem and
/// Vanhoucke 2010): lists of left-justified schedules breed right-justified ones and the other way round, so that
/// every pass is half of a forward-backward improvement.
struct BipopulationSearch: ~Copyable {
    private static let firstPopulation = 80
    private static let rivals = 1
    /// How often a pass looks for a better mode of an activity.
    private static let improvedPercent = 30
    private static let patience = 4

    var kernel: ScheduleKernel
    private let count: Int
    private var random: RandomSource
    private let finish: FlatArray<Int32>
    private let mirrored: FlatArray<Int32>
    private let child: FlatArray<Int32>
    private let isTaken: FlatArray<Bool>
    /// Lists of the population, one after the other, sorted by their schedule's starts.
    private var lists: FlatArray<Int32>
    /// Per side; side 0 waits for a forward pass, side 1 for a backward one.
    private var spans: [[Int32]] = [[], []]
    private var prints: [[UInt64]] = [[], []]
    private(set) var best: Int32 = .max
    let bestFinish: FlatArray<Int32>
    let bestMode: FlatArray<Int32>
    private let isMultiMode: Bool
    /// Mode vectors of the population, like `lists`.
    private let modes: FlatArray<Int32>
    /// A mode vector that keeps every total, to start from.
    var startingModes: [Int] = []
    private let capacity: Int
    private let order: [Int]

    init(_ prepared: PreparedProject, seed: UInt64, population: Int) {
        let problem = prepared.problem
        order = prepared.order
        kernel = ScheduleKernel(problem, order: order)
        count = problem.activities.count
        random = RandomSource(seed: seed)
        finish = FlatArray(repeating: 0, count: count)
        mirrored = FlatArray(repeating: 0, count: count)
        child = FlatArray(repeating: 0, count: count)
        isTaken = FlatArray(repeating: false, count: count)
        capacity = population
        lists = FlatArray(repeating: 0, count: 2 * count * population)
        bestFinish = FlatArray(repeating: 0, count: count)
        isMultiMode = problem.isMultiMode
        modes = FlatArray(repeating: 0, count: isMultiMode ? 2 * count * population : 0)
        bestMode = FlatArray(repeating: 0, count: count)
        for activity in 0..<count { kernel.assign(activity, 0) }
    }

    /// The first schedule: latest finish first, improved both ways.
    mutating func first() {
        if isMultiMode {
            for activity in 0..<count { kernel.assign(activity, startingModes[activity]) }
            _ = kernel.countSlack()
        }
        let latest = latestFinish()
        build { latest[$0] }
        seed()
    }

    /// The child as a forward list: one pass each way, one individual on each side.
    private mutating func seed() {
        let span = schedule(side: 0)
        kernel.sortLatestFirst(child.base, key: finish.base, top: span)
        insert(side: 1, span: span, at: nil)
        let back = schedule(side: 1)
        kernel.sortLatestFirst(child.base, key: finish.base, top: back)
        insert(side: 0, span: back, at: nil)
    }

    mutating func run(_ limit: SearchLimit) {
        let latest = latestFinish()
        var target = min(Self.firstPopulation, capacity)
        while !isDone(limit) {
            while spans[0].count < target, !isDone(limit) {
                drawModes()
                biased(latest)
                seed()
            }
            breed(limit)
            target = min(capacity, target * 2)
        }
    }

    /// Breeds until the population stagnates.
    private mutating func breed(_ limit: SearchLimit) {
        var idle = 0
        var side = 0
        let size = spans[0].count
        while !isDone(limit), idle < Self.patience * 2 * size || size == capacity {
            let mother = random.below(size)
            cross(mother, pick(side), side)
            mutate(side)
            guard !isMultiMode || mutateModes() else {
                idle += 1
                continue
            }
            let span = schedule(side: side)
            kernel.sortLatestFirst(child.base, key: finish.base, top: span)
            side = 1 - side
            idle = insert(side: side, span: span, at: mother) ? 0 : idle + 1
        }
    }

    /// One pass in the direction that the side's lists have.
    private mutating func schedule(side: Int) -> Int32 {
        guard isMultiMode else {
            return side == 0 ? kernel.forward(child.base, finish: finish) : kernel.backward(child.base, finish: finish)
        }
        return kernel.improving(
            child.base, isForward: side == 0, finish: finish, percent: Self.improvedPercent, random: &random)
    }

    // MARK: Modes

    /// Random modes near the starting ones, with the totals kept.
    private mutating func drawModes() {
        guard isMultiMode else { return }
        for activity in 0..<count { kernel.assign(activity, random.below(modeCount(activity))) }
        if repairModes() { return }
        for activity in 0..<count { kernel.assign(activity, startingModes[activity]) }
        _ = kernel.countSlack()
    }

    private func modeCount(_ activity: Int) -> Int { Int(kernel.modeAt[activity + 1] - kernel.modeAt[activity]) }

    /// A random change or two; false when the totals cannot be kept.
    private mutating func mutateModes() -> Bool {
        for _ in 0..<1 + count / 40 {
            let activity = random.below(count)
            kernel.assign(activity, random.below(modeCount(activity)))
        }
        return repairModes()
    }

    /// Changes random activities to modes that exceed the totals by less, until they hold; false when that stalls.
    private mutating func repairModes() -> Bool {
        if kernel.countSlack() { return true }
        for _ in 0..<8 * count {
            let activity = random.below(count)
            let first = Int(kernel.modeAt[activity])
            let current = first + Int(kernel.mode[activity])
            var best = current
            var least = excess(current, insteadOf: current)
            let offset = random.below(modeCount(activity))
            for step in 0..<modeCount(activity) {
                let candidate = first + (step + offset) % modeCount(activity)
                let over = excess(candidate, insteadOf: current)
                if over < least {
                    least = over
                    best = candidate
                }
            }
            guard best != current else { continue }
            kernel.assign(activity, best - first)
            if kernel.countSlack() { return true }
        }
        return false
    }

    private func excess(_ candidate: Int, insteadOf current: Int) -> Int {
        var sum = 0
        for total in 0..<kernel.totals {
            let left =
                kernel.slack[total] + Int(kernel.modeUse[current * kernel.totals + total])
                - Int(kernel.modeUse[candidate * kernel.totals + total])
            sum += max(0, -left)
        }
        return sum
    }

    private func isDone(_ limit: SearchLimit) -> Bool { best <= limit.bound || limit.isReached(kernel.schedules) }

    // MARK: Lists

    private func latestFinish() -> [Int32] {
        var tail = [Int32](repeating: 0, count: count)
        for activity in order.reversed() {
            for edge in Int(kernel.successorAt[activity])..<Int(kernel.successorAt[activity + 1]) {
                let successor = Int(kernel.successors[edge])
                tail[activity] = max(tail[activity], tail[successor] + kernel.duration[successor])
            }
        }
        return tail.map { -$0 }
    }

    /// The order by key as far as precedence allows; the key never falls along an arc.
    private func build(_ key: (Int) -> Int32) {
        let rank = order.enumerated().map { (place: $0.offset, activity: $0.element, key: key($0.element)) }
        let sorted = rank.sorted { $0.key == $1.key ? $0.place < $1.place : $0.key < $1.key }
        for (position, entry) in sorted.enumerated() { child[position] = Int32(entry.activity) }
    }

    /// Regret-based biased random sampling (Drexl 1991) over the latest finish, by tournaments of eligible activities.
    private mutating func biased(_ latest: [Int32]) {
        var missing = (0..<count).map { kernel.predecessorAt[$0 + 1] - kernel.predecessorAt[$0] }
        var eligible = (0..<count).filter { missing[$0] == 0 }
        for position in 0..<count {
            var pick = random.below(eligible.count)
            for _ in 0..<2 {
                let other = random.below(eligible.count)
                if latest[eligible[other]] < latest[eligible[pick]] { pick = other }
            }
            let activity = eligible[pick]
            eligible[pick] = eligible[eligible.count - 1]
            eligible.removeLast()
            child[position] = Int32(activity)
            for edge in Int(kernel.successorAt[activity])..<Int(kernel.successorAt[activity + 1]) {
                let successor = Int(kernel.successors[edge])
                missing[successor] -= 1
                if missing[successor] == 0 { eligible.append(successor) }
            }
        }
    }

    private mutating func pick(_ side: Int) -> Int {
        var best = random.below(spans[side].count)
        for _ in 0..<Self.rivals {
            let other = random.below(spans[side].count)
            if spans[side][other] < spans[side][best] { best = other }
        }
        return best
    }

    /// Two-point crossover: the mother's part outside the cut, the father's order inside.
    private mutating func cross(_ mother: Int, _ father: Int, _ side: Int) {
        let a = random.below(count)
        let b = random.below(count)
        let low = min(a, b)
        let high = max(a, b)
        let mine = lists.base + (side * capacity + mother) * count
        let other = lists.base + (side * capacity + father) * count
        isTaken.fill(false)
        inherit(mother, side)
        for position in 0..<low { take(mine[position], position) }
        var position = low
        var source = 0
        while position < high {
            if !isTaken[Int(other[source])] {
                take(other[source], position)
                if isMultiMode {
                    let activity = Int(other[source])
                    kernel.assign(activity, Int(modes[(side * capacity + father) * count + activity]))
                }
                position += 1
            }
            source += 1
        }
        source = 0
        while position < count {
            if !isTaken[Int(mine[source])] {
                take(mine[source], position)
                position += 1
            }
            source += 1
        }
    }

    /// The mother's modes; the cut brings the father's.
    private func inherit(_ mother: Int, _ side: Int) {
        guard isMultiMode else { return }
        let base = (side * capacity + mother) * count
        for activity in 0..<count { kernel.assign(activity, Int(modes[base + activity])) }
    }

    @inline(__always) private func take(_ activity: Int32, _ position: Int) {
        child[position] = activity
        isTaken[Int(activity)] = true
    }

    private mutating func mutate(_ side: Int) {
        guard count > 1 else { return }
        for _ in 0..<1 + count / 25 {
            let position = 1 + random.below(count - 1)
            let first = side == 0 ? child[position - 1] : child[position]
            let second = side == 0 ? child[position] : child[position - 1]
            var isArc = false
            for edge in Int(kernel.successorAt[Int(first)])..<Int(kernel.successorAt[Int(first) + 1])
            where kernel.successors[edge] == second { isArc = true }
            if !isArc {
                let moved = child[position]
                child[position] = child[position - 1]
                child[position - 1] = moved
            }
        }
    }

    @discardableResult
    private mutating func insert(side: Int, span: Int32, at index: Int?) -> Bool {
        if span < best {
            best = span
            bestMode.copy(from: kernel.mode)
            for activity in 0..<count {
                bestFinish[activity] =
                    side == 1 ? finish[activity] : span - finish[activity] + kernel.duration[activity]
            }
        }
        if let index, span > spans[side][index] { return false }
        var print: UInt64 = 0xcbf2_9ce4_8422_2325
        for activity in 0..<count {
            print = (print ^ UInt64(truncatingIfNeeded: finish[activity])) &* 0x100_0000_01b3
        }
        if index != nil, prints[side].contains(print) { return false }
        let isProgress = index.map { span < spans[side][$0] } ?? true
        let slot = index ?? spans[side].count
        if index == nil {
            spans[side].append(span)
            prints[side].append(print)
        } else {
            spans[side][slot] = span
            prints[side][slot] = print
        }
        (lists.base + (side * capacity + slot) * count).update(from: child.base, count: count)
        if isMultiMode {
            (modes.base + (side * capacity + slot) * count).update(from: kernel.mode.base, count: count)
        }
        return isProgress
    }
}
