/// Window re-optimisation for large projects (after Palpant, Artigues and Michelon 2004): stretches of the best schedule's
/// list are reordered one after the other, each judged alone behind what stays before it.
extension BipopulationSearch {
    /// Smaller projects gain more by breeding.
    static let leastForWindows = 2_000
    private static let windowLength = 30
    private static let triesPerWindow = 120

    /// Sweeps forwards and backwards in turn until neither improves the best schedule.
    mutating func improveWindows(_ limit: SearchLimit) {
        guard count >= Self.leastForWindows, deadlines.isEmpty, !isDone(limit) else { return }
        takeBestModes()
        build { bestFinish[$0] - kernel.duration[$0] }
        var side = 0
        var idle = 0
        while idle < 4, !isDone(limit) {
            let before = best
            sweep(side, limit)
            let value = settle(side)
            side = 1 - side
            keepIfBest(side: side, value)
            idle = best < before ? 0 : idle + 1
        }
    }

    private mutating func sweep(_ side: Int, _ limit: SearchLimit) {
        let step = Self.windowLength / 2
        kernel.beginWindows()
        for start in stride(from: 0, to: count, by: step) {
            let end = min(count, start + Self.windowLength)
            if !isDone(limit) { reorder(start..<end, side) }
            for position in start..<min(count, start + step) {
                kernel.fix(Int(child[position]), isForward: side == 0)
            }
        }
    }

    /// Moves single activities of the stretch as long as that does not make it worse.
    private mutating func reorder(_ stretch: Range<Int>, _ side: Int) {
        var value = kernel.judge(child.base, stretch, isForward: side == 0)
        for _ in 0..<Self.triesPerWindow {
            let from = stretch.lowerBound + random.below(stretch.count)
            let activity = child[from]
            move(from: from, side, within: stretch)
            guard let to = stretch.first(where: { child[$0] == activity }), to != from else { continue }
            let tried = kernel.judge(child.base, stretch, isForward: side == 0)
            if tried <= value {
                value = tried
            } else {
                shift(from: to, to: from)
            }
        }
        kernel.countPart(of: stretch.count * Self.triesPerWindow)
    }

    /// Moves the activity back to where it was.
    private func shift(from: Int, to: Int) {
        let activity = child[from]
        for position in stride(from: from, to: to, by: to < from ? -1 : 1) {
            child[position] = child[position + (to < from ? -1 : 1)]
        }
        child[to] = activity
    }
}
