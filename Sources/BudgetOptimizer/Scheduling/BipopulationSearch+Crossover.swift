/// How two lists make a third.
extension BipopulationSearch {
    /// How often the mother's middle is kept.
    private static let keptPercent = 70
    /// Activities that a mutation moves at most, one for so many individuals of the first population: where there is
    /// little time, a child stays close to its parents.
    private static let mostMoves = 4
    private static let individualsPerMove = 40
    /// Places by which it moves one at most.
    private static let reach = 20

    /// The better of two individuals from `least` on.
    mutating func pickFather(_ side: Int, from least: Int) -> Int {
        let first = least + random.below(values[side].count - least)
        let second = least + random.below(values[side].count - least)
        return values[side][first] <= values[side][second] ? first : second
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

    /// Moves some activities to another place among those that they neither need nor are needed by.
    mutating func mutate(_ side: Int) {
        let most = max(1, min(Self.mostMoves, firstSize / Self.individualsPerMove))
        for _ in 0...random.below(most) where count > 1 { move(from: random.below(count), side, within: 0..<count) }
    }

    /// One way, step by step, until it has gone as far as drawn or meets an arc or an end of the range.
    mutating func move(from place: Int, _ side: Int, within range: Range<Int>) {
        let distance = 1 + random.below(Self.reach)
        let isLater = random.chance(50)
        let activity = child[place]
        var position = place
        while isLater
            ? position < min(range.upperBound - 1, place + distance)
            : position > max(range.lowerBound, place - distance)
        {
            let next = isLater ? position + 1 : position - 1
            let other = child[next]
            guard !(isLater ? isArc(activity, other, side) : isArc(other, activity, side)) else { break }
            child[position] = other
            position = next
        }
        child[position] = activity
    }

    /// Whether the first must stand before the second in a list of this side.
    private func isArc(_ first: Int32, _ second: Int32, _ side: Int) -> Bool {
        let (before, after) = side == 0 ? (first, second) : (second, first)
        for edge in Int(kernel.successorAt[Int(before)])..<Int(kernel.successorAt[Int(before) + 1])
        where kernel.successors[edge] == after { return true }
        return false
    }
}
