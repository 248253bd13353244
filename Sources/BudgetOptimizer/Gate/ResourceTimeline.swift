/// What is held at every instant, as steps: between `times[i]` and `times[i + 1]` the row `held[i]` applies.
///
/// It needs memory by the number of placed stages and none by the horizon, so the grid may be as fine as it likes.
struct ResourceTimeline {
    private let width: Int
    private var times: [Int] = [0]
    private var held: [Int64]

    init(resources: Int) {
        width = resources
        held = [Int64](repeating: 0, count: resources)
    }

    /// The first tick at or after `release` from which `demand` fits under `capacity` for `duration` ticks.
    /// A `demand` above the capacity is the caller's error.
    func firstFit(release: Int, duration: Int, demand: [Int64], capacity: [Int64]) -> Int {
        guard duration > 0 else { return release }
        var start = release
        var step = stepIndex(at: release)
        while step < times.count, times[step] < start + duration {
            if fits(demand, at: step, capacity: capacity) {
                step += 1
            } else {
                step += 1
                precondition(step < times.count, "nothing is held after the last step")
                start = times[step]
            }
        }
        return start
    }

    mutating func add(start: Int, duration: Int, demand: [Int64]) {
        guard duration > 0, demand.contains(where: { $0 > 0 }) else { return }
        let first = split(at: start)
        let last = split(at: start + duration)
        for step in first..<last {
            for resource in 0..<width { held[step * width + resource] += demand[resource] }
        }
    }

    private func fits(_ demand: [Int64], at step: Int, capacity: [Int64]) -> Bool {
        for resource in 0..<width where demand[resource] > 0 {
            if held[step * width + resource] > capacity[resource] - demand[resource] { return false }
        }
        return true
    }

    /// The step that covers the tick.
    private func stepIndex(at tick: Int) -> Int {
        var low = 0
        var high = times.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if times[middle] <= tick { low = middle } else { high = middle }
        }
        return low
    }

    private mutating func split(at tick: Int) -> Int {
        let step = stepIndex(at: tick)
        if times[step] == tick { return step }
        times.insert(tick, at: step + 1)
        held.insert(contentsOf: held[step * width..<(step + 1) * width], at: (step + 1) * width)
        return step + 1
    }
}
