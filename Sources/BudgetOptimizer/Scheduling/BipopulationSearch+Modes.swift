/// Mode vectors that keep the non-renewable totals.
extension BipopulationSearch {
    /// Random modes near the starting ones, with the totals kept.
    mutating func drawModes() {
        guard isMultiMode else { return }
        for activity in 0..<count { kernel.assign(activity, random.below(modeCount(activity))) }
        if repairModes() { return }
        for activity in 0..<count { kernel.assign(activity, startingModes[activity]) }
        _ = kernel.countSlack()
    }

    func modeCount(_ activity: Int) -> Int { Int(kernel.modeAt[activity + 1] - kernel.modeAt[activity]) }

    /// A random change or two; false when the totals cannot be kept.
    mutating func mutateModes() -> Bool {
        for _ in 0..<1 + count / 40 {
            let activity = random.below(count)
            kernel.assign(activity, random.below(modeCount(activity)))
        }
        return repairModes()
    }

    /// Changes random activities to modes that exceed the totals by less, until they hold; false when that stalls.
    mutating func repairModes() -> Bool {
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

    func excess(_ candidate: Int, insteadOf current: Int) -> Int {
        var sum = 0
        for total in 0..<kernel.totals {
            let left =
                kernel.slack[total] + Int(kernel.modeUse[current * kernel.totals + total])
                - Int(kernel.modeUse[candidate * kernel.totals + total])
            sum += max(0, -left)
        }
        return sum
    }
}
