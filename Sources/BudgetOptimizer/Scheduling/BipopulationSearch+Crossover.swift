/// How two lists make a third.
extension BipopulationSearch {
    /// How often the mother's middle is kept.
    private static let keptPercent = 70

    /// The better of two individuals from `least` on.
    mutating func pickFather(_ side: Int, from least: Int) -> Int {
        let first = least + random.below(spans[side].count - least)
        let second = least + random.below(spans[side].count - least)
        return spans[side][first] <= spans[side][second] ? first : second
    }

    mutating func cross(_ mother: Int, _ father: Int, _ side: Int) {
        if random.chance(Self.keptPercent) {
            let low = drawCut(from: 30, upTo: 70)
            keep(mother, father, side, low.start, low.end)
        } else {
            let low = drawCut(from: 25, upTo: 75)
            exchange(mother, father, side, low.start, low.end)
        }
    }

    /// A stretch of the list with a length between two shares of it, in percent.
    private mutating func drawCut(from least: Int, upTo most: Int) -> (start: Int, end: Int) {
        let length = count * least / 100 + random.below(max(1, count * (most - least) / 100))
        let start = random.below(max(1, count - length))
        return (start, min(count, start + length))
    }

    /// Keeps the mother's middle as it is and sorts what she has before and after it by the father's order.
    private func keep(_ mother: Int, _ father: Int, _ side: Int, _ low: Int, _ high: Int) {
        let mine = lists.base + (side * capacity + mother) * count
        let other = lists.base + (side * capacity + father) * count
        inherit(mother, side)
        for position in 0..<count { segment[Int(mine[position])] = position < low ? 0 : (position < high ? 1 : 2) }
        for position in low..<high { child[position] = mine[position] }
        var first = 0
        var last = high
        for source in 0..<count {
            let activity = Int(other[source])
            switch segment[activity] {
            case 0:
                child[first] = other[source]
                first += 1
            case 2:
                child[last] = other[source]
                last += 1
            default:
                continue
            }
            takeMode(of: activity, from: father, side)
        }
    }

    /// Two-point crossover (Hartmann 1998): the mother's order outside the cut, the father's inside.
    private func exchange(_ mother: Int, _ father: Int, _ side: Int, _ low: Int, _ high: Int) {
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
                takeMode(of: Int(other[source]), from: father, side)
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
    func inherit(_ mother: Int, _ side: Int) {
        guard isMultiMode else { return }
        let base = (side * capacity + mother) * count
        for activity in 0..<count { kernel.assign(activity, Int(modes[base + activity])) }
    }

    @inline(__always)
    private func takeMode(of activity: Int, from father: Int, _ side: Int) {
        guard isMultiMode else { return }
        kernel.assign(activity, Int(modes[(side * capacity + father) * count + activity]))
    }

    @inline(__always) private func take(_ activity: Int32, _ position: Int) {
        child[position] = activity
        isTaken[Int(activity)] = true
    }

    mutating func mutate(_ side: Int) {
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
}
