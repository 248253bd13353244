/// The depth-first search with an explicit stack: first the cheapest item of the branching group, then without it.
extension SelectionSearch {
    private struct Frame {
        var mark: Int
        var item: Int
        var bound: Double
        /// The settled sums and the rows that they know.
        var settledCount: Int
        var settledValue: Double
        var rows: Int
        var isSecond = false
    }

    /// Nodes between two repairs.
    private static let repairStride = 64

    mutating func run(_ judge: Judge) -> SelectionOutcome {
        let root = descend(judge)
        var outcome = SelectionOutcome()
        outcome.items = best
        outcome.value = best.isEmpty ? 0 : upper
        outcome.isProved = !isCut
        outcome.nodes = nodes
        outcome.workDone = allowance - work
        outcome.bound = outcome.isProved ? outcome.value : roundedBound(min(floor ?? root.bound, Double(upper)))
        outcome.multipliers = root.prices
        return outcome
    }

    private func roundedBound(_ bound: Double) -> Int64 {
        let lowest = (bound - margin).rounded(.up)
        return min(upper, Int64(max(0, min(lowest, 9e18))))
    }

    private mutating func descend(_ judge: Judge) -> (bound: Double, prices: [Double]) {
        var stack: [Frame] = []
        let rootBound = evaluate(steps: 60 + 20 * rowCount, judge: judge)
        let root = (rootBound, (0..<rowCount).map { bestPrice[$0 / 4][$0 % 4] })
        push(&stack, bound: rootBound, judge: judge)
        while var frame = stack.popLast() {
            undo(to: frame.mark)
            restore(frame, depth: stack.count)
            if isClosed(frame.bound) { continue }
            guard work > 0 else {
                isCut = true
                floor = min(floor ?? frame.bound, frame.bound)
                continue
            }
            let isSecond = frame.isSecond
            if !isSecond {
                frame.isSecond = true
                stack.append(frame)
                fix(frame.item)
            } else {
                remove(frame.item)
            }
            let bound = max(frame.bound, evaluate(steps: 4, judge: judge))
            push(&stack, bound: bound, judge: judge)
        }
        return root
    }

    /// Opens a node below the current state unless it is closed or decided.
    private mutating func push(_ stack: inout [Frame], bound: Double, judge: Judge) {
        nodes += 1
        guard !isClosed(bound), fixByReducedCost(bound) else { return }
        if nodes % Self.repairStride == 1 { repairChosen(judge) }
        guard !isClosed(bound) else { return }
        guard let group = branchingGroup() else { return leaf(&stack, bound: bound, judge: judge) }
        save(depth: stack.count)
        stack.append(
            Frame(
                mark: trail.count, item: cheapest(group), bound: bound, settledCount: settledCount,
                settledValue: settledValue, rows: rowCount))
    }

    private mutating func save(depth: Int) {
        let first = depth * chunks
        while framePrices.count < first + chunks {
            framePrices.append(.zero)
            frameWeights.append(.zero)
        }
        for chunk in 0..<chunks {
            framePrices[first + chunk] = bestPrice[chunk]
            frameWeights[first + chunk] = settledWeight[chunk]
        }
    }

    private mutating func restore(_ frame: Frame, depth: Int) {
        let first = depth * chunks
        for chunk in 0..<chunks { price[chunk] = framePrices[first + chunk] }
        guard frame.rows == rowCount else { return restartSettling() }
        settledCount = frame.settledCount
        settledValue = frame.settledValue
        for chunk in 0..<chunks { settledWeight[chunk] = frameWeights[first + chunk] }
    }

    /// Every group has one item left: take it, or learn the row that it breaks.
    private mutating func leaf(_ stack: inout [Frame], bound: Double, judge: Judge) {
        for group in 0..<groups { trial[group] = cheapest(group) }
        guard sumsFit() else { return }
        offer(trial.array(), isLeaf: true, judge: judge)
    }

    private func cheapest(_ group: Int) -> Int {
        var item = slots[offsets[group]]
        for slot in offsets[group]..<offsets[group] + aliveCount[group] where reduced[slots[slot]] < reduced[item] {
            item = slots[slot]
        }
        return item
    }

    /// The group with the smallest regret among those that are still open.
    private func branchingGroup() -> Int? {
        var found: (group: Int, regret: Double)?
        for place in 0..<openCount {
            let group = groupOrder[place]
            var first = Double.infinity
            var second = Double.infinity
            for slot in offsets[group]..<offsets[group] + aliveCount[group] {
                let item = slots[slot]
                if reduced[item] < first {
                    second = first
                    first = reduced[item]
                } else if reduced[item] < second {
                    second = reduced[item]
                }
            }
            if second - first < found?.regret ?? .infinity { found = (group, second - first) }
        }
        return found?.group
    }

    // MARK: Fixing

    private mutating func remove(_ item: Int) {
        let group = groupOf[item]
        let place = placeOf[item]
        let last = offsets[group] + aliveCount[group] - 1
        guard place <= last else { return }
        let other = slots[last]
        slots[place] = other
        placeOf[other] = place
        slots[last] = item
        placeOf[item] = last
        aliveCount[group] -= 1
        if aliveCount[group] == 1 { close(group) }
        trail.append(group)
    }

    func swapGroups(_ first: Int, _ second: Int) {
        let (one, other) = (groupOrder[first], groupOrder[second])
        groupOrder[first] = other
        groupOrder[second] = one
        groupPlace[other] = first
        groupPlace[one] = second
    }

    mutating func close(_ group: Int) {
        openCount -= 1
        swapGroups(groupPlace[group], openCount)
    }

    private mutating func fix(_ item: Int) {
        let group = groupOf[item]
        for other in offsets[group]..<offsets[group + 1] where other != item { remove(other) }
    }

    /// Removed items lie behind the living ones in the order of their removal, and closed groups behind the open ones, so
    /// that the last one comes back first.
    private mutating func undo(to mark: Int) {
        while trail.count > mark, let group = trail.popLast() {
            aliveCount[group] += 1
            if aliveCount[group] == 2 { openCount += 1 }
        }
    }

    /// Removes items that no better choice can contain; false when a group runs empty.
    private mutating func fixByReducedCost(_ bound: Double) -> Bool {
        let current = relax(bestPrice)
        // From the end: a group that is closed changes places with one that was looked at.
        for index in stride(from: openCount - 1, through: 0, by: -1) {
            let group = groupOrder[index]
            let least = reduced[chosen[group]]
            for item in offsets[group]..<offsets[group + 1] where placeOf[item] < offsets[group] + aliveCount[group] {
                if isClosed(current + reduced[item] - least) { remove(item) }
            }
            if aliveCount[group] == 0 { return false }
        }
        return !isClosed(max(bound, current))
    }
}
