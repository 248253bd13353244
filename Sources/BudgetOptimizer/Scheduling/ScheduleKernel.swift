/// Schedule generation on flat buffers: the serial scheme, forwards and in mirrored time.
///
/// What is free at a tick is packed into words of equal lanes with a guard bit above each lane, so that one
/// subtraction compares all resources of a word: no guard bit is lost exactly when every request fits. Up to four small
/// capacities make one narrow word a tick, and 32 ticks are then compared at once (`TickProfile`).
struct ScheduleKernel: ~Copyable {
    let count: Int
    /// Words a tick.
    let words: Int
    private let lanes: Int
    private let laneBits: Int
    let guards: UInt64
    let full: FlatArray<UInt64>
    /// Takes the place of `free` where the capacities are small.
    let narrow: TickProfile
    let isNarrow: Bool
    /// Compressed rows of predecessors and successors.
    let predecessorAt: FlatArray<Int32>
    let predecessors: FlatArray<Int32>
    let successorAt: FlatArray<Int32>
    let successors: FlatArray<Int32>
    /// The first four of each row, filled up with an activity that ends at 0, for a loop without branches.
    let firstPredecessors: FlatArray<Int32>
    let firstSuccessors: FlatArray<Int32>
    /// Ends during a pass, and the activity that ends at 0.
    let ends: FlatArray<Int32>
    /// Of the current modes; `chosen` are rows of the mode tables.
    let duration: FlatArray<Int32>
    let mode: FlatArray<Int32>
    let chosen: FlatArray<Int32>
    /// The longest chain of shortest modes before and behind each activity.
    let head: FlatArray<Int32>
    let tail: FlatArray<Int32>
    /// By activity, the energy of its first mode in thousandths of the capacities; empty where no windows are reordered.
    let weight: FlatArray<Int32>
    /// Modes of activity a are `modeAt[a]..<modeAt[a + 1]` of the tables.
    let modeAt: FlatArray<Int32>
    let modeDuration: FlatArray<Int32>
    let modeRequest: FlatArray<UInt64>
    /// Non-renewable uses by mode and resource, and what the current modes leave of each total.
    let totals: Int
    let modeUse: FlatArray<Int32>
    let slack: FlatArray<Int>
    private let totalLimit: FlatArray<Int>
    let free: FlatArray<UInt64>
    /// Ticks of `free` that the last pass may have touched.
    var touched: Int
    let bucket: FlatArray<Int32>
    let scratch: FlatArray<Int32>
    /// Passes so far; every one counts as a schedule.
    var schedules = 0
    private var parts = 0

    /// Durations and requests are set by `assign` before the first pass.
    init(_ problem: ProjectProblem, _ bounds: ProjectBounds) {
        count = problem.activities.count
        let largest = max(1, problem.renewable.max() ?? 1)
        lanes = largest < 1 << 15 ? 4 : (largest < 1 << 31 ? 2 : 1)
        laneBits = 64 / lanes
        words = max(1, (problem.renewable.count + lanes - 1) / lanes)
        var guards: UInt64 = 0
        for lane in 0..<lanes { guards |= 1 << UInt64(lane * laneBits + laneBits - 1) }
        self.guards = guards
        let horizon = problem.activities.reduce(1) { $0 + $1.longest }
        touched = horizon
        isNarrow = TickProfile.isEnough(for: problem.renewable)
        free = FlatArray(repeating: 0, count: isNarrow ? 0 : (horizon + 1) * words)
        full = FlatArray(repeating: 0, count: words)
        bucket = FlatArray(repeating: 0, count: horizon + 2)
        scratch = FlatArray(repeating: 0, count: count)
        duration = FlatArray(repeating: 0, count: count)
        chosen = FlatArray(repeating: 0, count: count)
        ends = FlatArray(repeating: 0, count: count + 1)
        mode = FlatArray(repeating: 0, count: count)
        let modes = problem.activities.flatMap(\.modes)
        modeAt = FlatArray(
            problem.activities.reduce(into: [Int32(0)]) { $0.append(($0.last ?? 0) + Int32($1.modes.count)) })
        modeDuration = FlatArray(modes.map { Int32($0.duration) })
        modeRequest = FlatArray(repeating: 0, count: isNarrow ? 0 : modes.count * words)
        narrow = isNarrow ? TickProfile(problem.renewable, modes: modes, horizon: horizon) : TickProfile()
        totals = problem.nonrenewable.count
        modeUse = FlatArray(totals == 0 ? [] : modes.flatMap { $0.nonrenewable.map { Int32($0) } })
        totalLimit = FlatArray(problem.nonrenewable)
        slack = FlatArray(problem.nonrenewable)
        let arcs = ArcTable(problem)
        predecessorAt = FlatArray(arcs.predecessorAt)
        predecessors = FlatArray(arcs.predecessors)
        successorAt = FlatArray(arcs.successorAt)
        successors = FlatArray(arcs.successors)
        firstPredecessors = FlatArray(ArcTable.firstFour(arcs.predecessorAt, arcs.predecessors))
        firstSuccessors = FlatArray(ArcTable.firstFour(arcs.successorAt, arcs.successors))
        head = FlatArray(bounds.head.map { Int32($0) })
        tail = FlatArray(bounds.tail.map { Int32($0) })
        let hasWindows = count >= BipopulationSearch.leastForWindows
        weight = FlatArray(hasWindows ? problem.activities.map { Self.weight($0, problem.renewable) } : [])
        for word in 0..<words { full[word] = guards | pack(problem.renewable, word: word) }
        for (index, mode) in modes.enumerated() where !isNarrow {
            for word in 0..<words { modeRequest[index * words + word] = pack(mode.renewable, word: word) }
        }
    }

    private static func weight(_ activity: ProjectProblem.Activity, _ capacities: [Int]) -> Int32 {
        let shares = zip(activity.modes[0].renewable, capacities).map { 1000 * $0 / max(1, $1) }
        return Int32(clamping: (1 + shares.reduce(0, +)) * activity.modes[0].duration)
    }

    private func pack(_ amounts: [Int], word: Int) -> UInt64 {
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
        chosen[activity] = Int32(truncatingIfNeeded: index)
        duration[activity] = modeDuration[index]
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

    /// Counts placed activities of no whole schedule; a project's count of them is one schedule.
    mutating func countPart(of placed: Int) {
        parts += placed
        schedules += parts / max(1, count)
        parts %= max(1, count)
    }
}
