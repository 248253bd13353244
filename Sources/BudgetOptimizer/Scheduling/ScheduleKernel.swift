/// Schedule generation on flat buffers: the serial scheme, forwards and in mirrored time.
///
/// What is free at a tick is packed into words of equal lanes with a guard bit above each lane, so that one
/// subtraction compares all resources of a word: no guard bit is lost exactly when every request fits.
struct ScheduleKernel: ~Copyable {
    let count: Int
    /// Words a tick.
    let words: Int
    private let lanes: Int
    private let laneBits: Int
    let guards: UInt64
    private let full: FlatArray<UInt64>
    /// Compressed rows of predecessors and successors.
    let predecessorAt: FlatArray<Int32>
    let predecessors: FlatArray<Int32>
    let successorAt: FlatArray<Int32>
    let successors: FlatArray<Int32>
    /// Of the current modes.
    let duration: FlatArray<Int32>
    let request: FlatArray<UInt64>
    let mode: FlatArray<Int32>
    /// Modes of activity a are `modeAt[a]..<modeAt[a + 1]` of the tables.
    let modeAt: FlatArray<Int32>
    private let modeDuration: FlatArray<Int32>
    private let modeRequest: FlatArray<UInt64>
    /// Non-renewable uses by mode and resource, and what the current modes leave of each total.
    let totals: Int
    let modeUse: FlatArray<Int32>
    let slack: FlatArray<Int>
    private let totalLimit: FlatArray<Int>
    private let free: FlatArray<UInt64>
    /// Ticks of `free` that the last pass may have touched.
    private var touched: Int
    private let bucket: FlatArray<Int32>
    private let scratch: FlatArray<Int32>
    /// Passes so far; every one counts as a schedule.
    private(set) var schedules = 0

    /// Durations and requests are set by `assign` before the first pass.
    init(_ problem: ProjectProblem, order: [Int]) {
        count = problem.activities.count
        let largest = max(1, problem.renewable.max() ?? 1)
        lanes = largest < 1 << 15 ? 4 : (largest < 1 << 31 ? 2 : 1)
        laneBits = 64 / lanes
        words = max(1, (problem.renewable.count + lanes - 1) / lanes)
        var guards: UInt64 = 0
        for lane in 0..<lanes { guards |= 1 << UInt64(lane * laneBits + laneBits - 1) }
        self.guards = guards
        var horizon = 1
        for activity in problem.activities { horizon += activity.modes.map(\.duration).max() ?? 0 }
        touched = horizon
        free = FlatArray(repeating: 0, count: (horizon + 1) * words)
        full = FlatArray(repeating: 0, count: words)
        bucket = FlatArray(repeating: 0, count: horizon + 2)
        scratch = FlatArray(repeating: 0, count: count)
        duration = FlatArray(repeating: 0, count: count)
        request = FlatArray(repeating: 0, count: count * words)
        mode = FlatArray(repeating: 0, count: count)
        let modes = problem.activities.flatMap(\.modes)
        modeAt = FlatArray(
            problem.activities.reduce(into: [Int32(0)]) { $0.append(($0.last ?? 0) + Int32($1.modes.count)) })
        modeDuration = FlatArray(modes.map { Int32($0.duration) })
        modeRequest = FlatArray(repeating: 0, count: modes.count * words)
        totals = problem.nonrenewable.count
        modeUse = FlatArray(modes.flatMap { $0.nonrenewable.map { Int32($0) } })
        totalLimit = FlatArray(problem.nonrenewable)
        slack = FlatArray(problem.nonrenewable)
        var before = [[Int32]](repeating: [], count: count)
        for (index, activity) in problem.activities.enumerated() {
            for successor in activity.successors { before[successor].append(Int32(index)) }
        }
        let after = problem.activities.map { $0.successors.map { Int32($0) } }
        predecessorAt = FlatArray(Self.rowStarts(before))
        predecessors = FlatArray(before.flatMap { $0 })
        successorAt = FlatArray(Self.rowStarts(after))
        successors = FlatArray(after.flatMap { $0 })
        for word in 0..<words { full[word] = guards | pack(problem.renewable, word: word) }
        for (index, mode) in modes.enumerated() {
            for word in 0..<words { modeRequest[index * words + word] = pack(mode.renewable, word: word) }
        }
    }

    private static func rowStarts(_ lists: [[Int32]]) -> [Int32] {
        lists.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int32($1.count)) }
    }

    func pack(_ amounts: [Int], word: Int) -> UInt64 {
        var packed: UInt64 = 0
        for lane in 0..<lanes where word * lanes + lane < amounts.count {
            packed |= UInt64(amounts[word * lanes + lane]) << UInt64(lane * laneBits)
        }
        return packed
    }

    /// Lets the activity run in this mode (counted from 0) from now on; `slack` is left to the caller.
    @inline(__always)
    func assign(_ activity: Int, _ number: Int) {
        let index = Int(modeAt[activity]) + number
        mode[activity] = Int32(truncatingIfNeeded: number)
        duration[activity] = modeDuration[index]
        for word in 0..<words { request[activity * words + word] = modeRequest[index * words + word] }
    }

    /// Recounts what the current modes leave of every total; returns whether all hold.
    func countSlack() -> Bool {
        for total in 0..<totals { slack[total] = totalLimit[total] }
        for activity in 0..<count {
            let base = (Int(modeAt[activity]) + Int(mode[activity])) * totals
            for total in 0..<totals { slack[total] -= Int(modeUse[base + total]) }
        }
        for total in 0..<totals where slack[total] < 0 { return false }
        return true
    }

    /// Counts an attempt that made no schedule, so that a limit of schedules also ends a search that finds none.
    mutating func countUnused() { schedules += 1 }

    // MARK: Passes

    /// Places the activities in the order of the list, each as early as it fits; ends go to `finish`. Returns the
    /// makespan.
    mutating func forward(_ list: UnsafePointer<Int32>, finish: borrowing FlatArray<Int32>) -> Int32 {
        pass(list, at: predecessorAt.base, before: predecessors.base, finish: finish.base)
    }

    /// The same in mirrored time: the list has successors first, `finish` counts from the project's end.
    mutating func backward(_ list: UnsafePointer<Int32>, finish: borrowing FlatArray<Int32>) -> Int32 {
        pass(list, at: successorAt.base, before: successors.base, finish: finish.base)
    }

    /// A pass that may move every activity to the mode in which it ends first, as far as the totals allow (the mode
    /// improvement of Van Peteghem and Vanhoucke 2010).
    mutating func improving(
        _ list: UnsafePointer<Int32>, isForward: Bool, finish: borrowing FlatArray<Int32>, percent: Int,
        random: inout RandomSource
    ) -> Int32 {
        schedules += 1
        reset()
        let at = isForward ? predecessorAt.base : successorAt.base
        let before = isForward ? predecessors.base : successors.base
        var makespan: Int32 = 0
        for position in 0..<count {
            let activity = Int(list[position])
            var earliest: Int32 = 0
            for edge in Int(at[activity])..<Int(at[activity + 1]) {
                earliest = max(earliest, finish.base[Int(before[edge])])
            }
            if modeAt[activity + 1] - modeAt[activity] > 1, random.chance(percent) { speedUp(activity, earliest) }
            let length = duration[activity]
            let end = (length == 0 ? earliest : place(activity, earliest, length)) + length
            finish.base[activity] = end
            if end > makespan { makespan = end }
        }
        touched = Int(makespan)
        return makespan
    }

    /// Assigns the mode with the earliest end.
    private func speedUp(_ activity: Int, _ earliest: Int32) {
        let first = Int(modeAt[activity])
        let current = first + Int(mode[activity])
        var best = current
        var end = fit(modeRequest.base + current * words, earliest, modeDuration[current]) + modeDuration[current]
        for candidate in first..<Int(modeAt[activity + 1]) where candidate != current {
            let length = modeDuration[candidate]
            guard earliest + length < end, isAffordable(candidate, insteadOf: current) else { continue }
            let finish = fit(modeRequest.base + candidate * words, earliest, length) + length
            if finish < end {
                end = finish
                best = candidate
            }
        }
        guard best != current else { return }
        for total in 0..<totals {
            slack[total] += Int(modeUse[current * totals + total]) - Int(modeUse[best * totals + total])
        }
        assign(activity, best - first)
    }

    func isAffordable(_ candidate: Int, insteadOf current: Int) -> Bool {
        for total in 0..<totals
        where slack[total] + Int(modeUse[current * totals + total]) < Int(modeUse[candidate * totals + total]) {
            return false
        }
        return true
    }

    /// The first start at or after `earliest` where the request fits for `length` ticks.
    private func fit(_ need: UnsafePointer<UInt64>, _ earliest: Int32, _ length: Int32) -> Int32 {
        let base = free.base
        var start = Int(earliest)
        var tick = start
        while tick < start + Int(length) {
            for word in 0..<words where (base[tick * words + word] &- need[word]) & guards != guards {
                start = tick + 1
                break
            }
            tick += 1
        }
        return Int32(truncatingIfNeeded: start)
    }

    private mutating func pass(
        _ list: UnsafePointer<Int32>, at: UnsafePointer<Int32>, before: UnsafePointer<Int32>,
        finish: UnsafeMutablePointer<Int32>
    ) -> Int32 {
        schedules += 1
        reset()
        var makespan: Int32 = 0
        for position in 0..<count {
            let activity = Int(list[position])
            var earliest: Int32 = 0
            var edge = Int(at[activity])
            let last = Int(at[activity + 1])
            while edge < last {
                earliest = max(earliest, finish[Int(before[edge])])
                edge += 1
            }
            let length = duration[activity]
            let start = length == 0 ? earliest : place(activity, earliest, length)
            let end = start + length
            finish[activity] = end
            if end > makespan { makespan = end }
        }
        touched = Int(makespan)
        return makespan
    }

    private func reset() {
        let base = free.base
        if words == 1 {
            let value = full[0]
            for tick in 0..<touched { base[tick] = value }
        } else {
            for tick in 0..<touched {
                for word in 0..<words { base[tick * words + word] = full[word] }
            }
        }
    }

    /// Finds the first stretch of `length` ticks that the request fits, and takes it.
    @inline(__always)
    private func place(_ activity: Int, _ earliest: Int32, _ length: Int32) -> Int32 {
        words == 1 ? placeOne(activity, earliest, length) : placeMany(activity, earliest, length)
    }

    @inline(__always)
    private func placeOne(_ activity: Int, _ earliest: Int32, _ length: Int32) -> Int32 {
        let base = free.base
        let need = request.base[activity]
        let mask = guards
        var start = Int(earliest)
        if need == 0 { return earliest }
        let length = Int(length)
        var checked = start
        search: while true {
            var tick = start + length - 1
            while tick >= checked {
                if (base[tick] &- need) & mask != mask {
                    checked = start + length
                    start = tick + 1
                    continue search
                }
                tick -= 1
            }
            break
        }
        for tick in start..<start + length { base[tick] &-= need }
        return Int32(truncatingIfNeeded: start)
    }

    private func placeMany(_ activity: Int, _ earliest: Int32, _ length: Int32) -> Int32 {
        let base = free.base
        let need = request.base + activity * words
        let start = Int(fit(need, earliest, length))
        for tick in start..<start + Int(length) {
            for word in 0..<words { base[tick * words + word] &-= need[word] }
        }
        return Int32(truncatingIfNeeded: start)
    }

    // MARK: Lists

    /// Sorts by key, latest first, keeping the reversed order of `list` among equals; keys are ticks.
    func sortLatestFirst(_ list: UnsafeMutablePointer<Int32>, key: UnsafePointer<Int32>, top: Int32) {
        let top = Int(top)
        for tick in 0...top + 1 { bucket.base[tick] = 0 }
        for index in 0..<count { bucket.base[top - Int(key[index]) + 1] += 1 }
        for tick in 0..<top { bucket.base[tick + 1] += bucket.base[tick] }
        for position in stride(from: count - 1, through: 0, by: -1) {
            let activity = list[position]
            let slot = top - Int(key[Int(activity)])
            scratch.base[Int(bucket.base[slot])] = activity
            bucket.base[slot] += 1
        }
        list.update(from: scratch.base, count: count)
    }
}
