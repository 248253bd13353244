/// The Lagrangian bound and its prices.
extension SelectionSearch {
    /// Steps that even a search without work left takes.
    private static let leastSteps = 12

    /// Improves `price` for some steps; leaves the best prices in `bestPrice` and returns their bound.
    mutating func evaluate(steps: Int, judge: Judge) -> Double {
        var best = -Double.infinity
        var agility = nodes == 0 ? 1.6 : 1.0
        var stalled = 0
        bestPrice.copy(from: price)
        settle()
        for step in 0..<steps {
            let bound = relax(price)
            work -= openCount * 4 * (rowCount + 1) + 64
            if bound - best > 1e-9 * max(1, bound.magnitude) {
                best = bound
                bestPrice.copy(from: price)
                stalled = 0
            } else {
                stalled += 1
            }
            if isClosed(best) || groups == 0 || (work <= 0 && step >= Self.leastSteps) { return best }
            if stalled >= 5 {
                agility /= 2
                stalled = 0
                if agility < 0.01 { break }
            }
            if nodes == 0 && (step % 4 == 3 || isRelaxedFeasible()) { repairChosen(judge) }
            guard move(bound: bound, agility: agility) else { break }
        }
        return best
    }

    /// One step along the subgradient; false where it points nowhere.
    private func move(bound: Double, agility: Double) -> Bool {
        var norm = 0.0
        for chunk in 0..<activeChunks {
            let isFree = (slope[chunk] .> SIMD4<Double>.zero) .| (price[chunk] .> SIMD4<Double>.zero)
            let part = SIMD4<Double>.zero.replacing(with: slope[chunk], where: isFree)
            norm += (part * part).sum()
        }
        // Rows that are met exactly leave a trace of rounding, which points nowhere.
        guard norm > 1e-24 else { return false }
        let share = best.isEmpty ? 0.25 : 1.0
        let length = agility * max(1e-9, share * (Double(upper) - bound)) / norm
        for chunk in 0..<activeChunks {
            let moved = price[chunk] + slope[chunk] * SIMD4<Double>(repeating: length)
            price[chunk] = moved.replacing(with: SIMD4<Double>.zero, where: moved .< SIMD4<Double>.zero)
        }
        return true
    }

    /// Adds the groups that were closed since the last time to the settled sums, so that the steps only visit the others.
    mutating func settle() {
        let fresh = groups - settledCount - openCount
        guard fresh > 0 else { return }
        work -= 2 * fresh * (rowCount + 1)
        for place in openCount..<openCount + fresh {
            let group = groupOrder[place]
            let item = slots[offsets[group]]
            chosen[group] = item
            reduced[item] = value[item]
            settledValue += value[item]
            for chunk in 0..<activeChunks { settledWeight[chunk] += weight[item * chunks + chunk] }
        }
        settledCount += fresh
    }

    /// Forgets the settled sums: a row is new, or the groups that they count are open again.
    mutating func restartSettling() {
        settledCount = 0
        settledValue = 0
        for chunk in 0..<activeChunks { settledWeight[chunk] = -ceiling[chunk] }
    }

    /// Chooses the cheapest living item of every open group at the given prices; returns the bound, less what rounding
    /// may have added under high prices, and leaves the chosen items' total use less the limits in `slope`.
    func relax(_ prices: borrowing FlatArray<SIMD4<Double>>) -> Double {
        var bound = settledValue
        var doubt = 0.0
        for chunk in 0..<activeChunks {
            bound += (prices[chunk] * settledWeight[chunk]).sum()
            doubt += (prices[chunk] * mass[chunk]).sum()
        }
        for place in 0..<openCount { bound += chooseCheapest(groupOrder[place], prices) }
        for chunk in 0..<activeChunks {
            var sum = settledWeight[chunk]
            for place in 0..<openCount { sum += weight[chosen[groupOrder[place]] &* chunks &+ chunk] }
            slope[chunk] = sum
        }
        return bound - doubt * rounding
    }

    /// Prices the living items of the group and returns what the cheapest one costs.
    @inline(__always)
    private func chooseCheapest(_ group: Int, _ prices: borrowing FlatArray<SIMD4<Double>>) -> Double {
        var least = Double.infinity
        var pick = 0
        let first = offsets[group]
        for slot in first..<first &+ aliveCount[group] {
            let item = slots[slot]
            let weights = weight.base + item &* chunks
            var sum = prices[0] * weights[0]
            for chunk in 1..<max(1, activeChunks) { sum += prices[chunk] * weights[chunk] }
            let total = value[item] + sum.sum()
            reduced[item] = total
            if total < least {
                least = total
                pick = item
            }
        }
        chosen[group] = pick
        return least
    }

    private func isRelaxedFeasible() -> Bool {
        for chunk in 0..<activeChunks where any(slope[chunk] .> SIMD4<Double>(repeating: 1e-12)) { return false }
        return true
    }
}
