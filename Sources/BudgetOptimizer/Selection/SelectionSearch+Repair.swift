/// From a relaxed choice to an allowed one, and from an allowed one to a better one.
extension SelectionSearch {
    /// Above this product of items and groups, switches are taken in bulk.
    private static let manySwitches = 4_000_000
    /// What rounding may leave of a relief of nothing.
    private static let traceOfRounding = 1e-12

    /// Repairs the relaxed choice.
    mutating func repairChosen(_ judge: Judge) {
        trial.copy(from: chosen)
        repairTrial(judge)
    }

    mutating func repairTrial(_ judge: Judge) {
        sumTrial()
        let isDone = items * groups > Self.manySwitches ? repairInBulk() : repairOneByOne()
        guard isDone else { return }
        var value: Int64 = 0
        for group in 0..<groups { value += cost[trial[group]] }
        if value < upper { offer(trial.array(), judge: judge) }
    }

    private mutating func repairOneByOne() -> Bool {
        var steps = groups + 8
        while hasExcess() {
            steps -= 1
            guard steps > 0, let (group, item) = mostRelief() else { return false }
            replace(group, by: item)
        }
        while let (group, item) = bestSaving() { replace(group, by: item) }
        return true
    }

    /// For large problems: all switches are scored once a round and taken in that order while they still help.
    private mutating func repairInBulk() -> Bool {
        work -= 2 * items * (rowCount + 16)
        for _ in 0..<4 where hasExcess() {
            for (item, _) in scoredSwitches({ relief(of: $0, insteadOf: $1) / rise(of: $0, insteadOf: $1) }) {
                guard hasExcess() else { break }
                let group = groupOf[item]
                if relief(of: item, insteadOf: trial[group]) > Self.traceOfRounding { replace(group, by: item) }
            }
        }
        guard !hasExcess() else { return false }
        for (item, _) in scoredSwitches({ Double(cost[$1] - cost[$0]) }) {
            let old = trial[groupOf[item]]
            if cost[item] < cost[old], fits(item, insteadOf: old) { replace(groupOf[item], by: item) }
        }
        return true
    }

    /// Living items other than the chosen ones with a positive score, best first.
    private func scoredSwitches(_ score: (_ item: Int, _ old: Int) -> Double) -> [(item: Int, score: Double)] {
        var list: [(item: Int, score: Double)] = []
        for place in 0..<openCount {
            let group = groupOrder[place]
            for slot in offsets[group]..<offsets[group] + aliveCount[group] where slots[slot] != trial[group] {
                let value = score(slots[slot], trial[group])
                if value > Self.traceOfRounding { list.append((slots[slot], value)) }
            }
        }
        return list.sorted { $0.score == $1.score ? $0.item < $1.item : $0.score > $1.score }
    }

    /// Takes an allowed and better choice as the best one; learns the row that a forbidden one breaks.
    mutating func offer(_ items: [Int], isLeaf: Bool = false, judge: Judge) {
        guard items.count == groups else { return }
        let value = items.reduce(Int64(0)) { $0 + cost[$1] }
        guard value < upper else { return }
        for group in 0..<groups { trial[group] = items[group] }
        guard sumsFit() else { return }
        work -= judgement
        switch judge(items) {
        case .accepted:
            best = items
            upper = value
        case .broken(let row):
            if rowCount < width { learn(row) }
        case .impossible:
            break
        case .rejected:
            if isLeaf { isCut = true }
        }
    }

    private mutating func learn(_ row: SelectionProblem.Row) {
        fillRow(rowCount, use: row.use, limit: row.limit)
        rowCount += 1
        restartSettling()
        settle()
    }

    func sumsFit() -> Bool {
        sumTrial()
        return !hasExcess()
    }

    private func sumTrial() {
        for row in 0..<rowCount { used[row] = 0 }
        for group in 0..<groups {
            let base = trial[group] * width
            for row in 0..<rowCount { used[row] += use[base + row] }
        }
        stand()
    }

    private func stand() {
        for row in 0..<rowCount { standing[row / 4][row % 4] = Double(used[row]) }
        for chunk in 0..<activeChunks { standing[chunk] = standing[chunk] * scale[chunk] - ceiling[chunk] }
    }

    private func hasExcess() -> Bool {
        for row in 0..<rowCount where used[row] > limits[row] { return true }
        return false
    }

    private func replace(_ group: Int, by item: Int) {
        let old = trial[group] * width
        for row in 0..<rowCount { used[row] += use[item * width + row] - use[old + row] }
        trial[group] = item
        stand()
    }

    /// The switch that takes away most excess for the least rise of the reduced cost.
    private mutating func mostRelief() -> (Int, Int)? {
        var found: (group: Int, item: Int)?
        var score = 0.0
        work -= items * rowCount
        for place in 0..<openCount {
            let group = groupOrder[place]
            let old = trial[group]
            for slot in offsets[group]..<offsets[group] + aliveCount[group] where slots[slot] != old {
                let item = slots[slot]
                let relief = relief(of: item, insteadOf: old)
                guard relief > Self.traceOfRounding else { continue }
                let rise = rise(of: item, insteadOf: old)
                if relief / rise > score {
                    score = relief / rise
                    found = (group, item)
                }
            }
        }
        return found.map { ($0.group, $0.item) }
    }

    /// The share of the excess that the switch takes away, less what it adds elsewhere.
    @inline(__always)
    private func relief(of item: Int, insteadOf old: Int) -> Double {
        var relief = SIMD4<Double>.zero
        for chunk in 0..<activeChunks {
            let before = standing[chunk]
            let after = before + (weight[item * chunks + chunk] - weight[old * chunks + chunk])
            relief += pointwiseMax(before, .zero) - pointwiseMax(after, .zero)
        }
        return relief.sum()
    }

    /// What the switch costs, at least a trace.
    @inline(__always)
    private func rise(of item: Int, insteadOf old: Int) -> Double {
        max(1e-9, reduced[item] - reduced[old], Double(cost[item] - cost[old]) * 1e-3)
    }

    /// The single switch that saves most and keeps every row.
    private mutating func bestSaving() -> (Int, Int)? {
        var found: (group: Int, item: Int)?
        var saving: Int64 = 0
        work -= items
        for place in 0..<openCount {
            let group = groupOrder[place]
            let old = trial[group]
            for slot in offsets[group]..<offsets[group] + aliveCount[group] {
                let item = slots[slot]
                guard cost[old] - cost[item] > saving, fits(item, insteadOf: old) else { continue }
                saving = cost[old] - cost[item]
                found = (group, item)
            }
        }
        return found.map { ($0.group, $0.item) }
    }

    private func fits(_ item: Int, insteadOf old: Int) -> Bool {
        for row in 0..<rowCount
        where used[row] + use[item * width + row] - use[old * width + row] > limits[row] { return false }
        return true
    }
}
