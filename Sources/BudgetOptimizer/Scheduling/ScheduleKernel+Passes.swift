/// Passes of the serial schedule generation scheme over a list (Kelley 1963).
extension ScheduleKernel {
    /// What a pass returns that was given up.
    static var givenUp: Int32 { .max }

    /// A direction of time: whom an activity waits for, and the longest chain behind it.
    private struct Direction {
        var at: UnsafePointer<Int32>
        var before: UnsafePointer<Int32>
        var firstBefore: UnsafePointer<Int32>
        var behind: UnsafePointer<Int32>
    }

    @inline(__always) private func direction(isForward: Bool) -> Direction {
        isForward
            ? Direction(
                at: predecessorAt.base, before: predecessors.base, firstBefore: firstPredecessors.base,
                behind: tail.base)
            : Direction(
                at: successorAt.base, before: successors.base, firstBefore: firstSuccessors.base, behind: head.base)
    }

    /// Places the activities in the order of the list, each as early as it fits; ends go to `finish`. Returns the
    /// makespan, or `givenUp` as soon as the chain behind an activity shows that it would exceed `most`. Backwards it is
    /// the same in mirrored time: the list has successors first, `finish` counts from the project's end.
    mutating func pass(
        _ list: UnsafePointer<Int32>, isForward: Bool, finish: borrowing FlatArray<Int32>, most: Int32 = .max
    ) -> Int32 {
        let direction = direction(isForward: isForward)
        begin()
        var makespan: Int32 = 0
        for position in 0..<count {
            let activity = Int(list[position])
            let end = put(activity, after: earliest(activity, direction))
            makespan = max(makespan, end)
            if end > most &- direction.behind[activity] { return giveUp(makespan) }
        }
        return complete(makespan, finish)
    }

    /// A pass that may move every activity to the mode in which it ends first, as far as the totals allow (the mode
    /// improvement of Van Peteghem and Vanhoucke 2010).
    mutating func improving(
        _ list: UnsafePointer<Int32>, isForward: Bool, finish: borrowing FlatArray<Int32>, most: Int32 = .max,
        percent: Int, random: inout RandomSource
    ) -> Int32 {
        let direction = direction(isForward: isForward)
        begin()
        var makespan: Int32 = 0
        for position in 0..<count {
            let activity = Int(list[position])
            let earliest = earliest(activity, direction)
            if modeAt[activity + 1] - modeAt[activity] > 1, random.chance(percent) { speedUp(activity, earliest) }
            let end = put(activity, after: earliest)
            makespan = max(makespan, end)
            if end > most &- direction.behind[activity] { return giveUp(makespan) }
        }
        return complete(makespan, finish)
    }

    // MARK: Begin and end

    mutating func begin() {
        schedules += 1
        if isNarrow { return narrow.reset(upTo: touched) }
        for tick in 0..<touched {
            for word in 0..<words { free.base[tick * words + word] = full[word] }
        }
    }

    private mutating func giveUp(_ makespan: Int32) -> Int32 {
        touched = Int(makespan)
        return Self.givenUp
    }

    private mutating func complete(_ makespan: Int32, _ finish: borrowing FlatArray<Int32>) -> Int32 {
        touched = Int(makespan)
        finish.base.update(from: ends.base, count: count)
        return makespan
    }

    // MARK: An activity

    @inline(__always) func earliest(_ activity: Int, isForward: Bool) -> Int32 {
        earliest(activity, direction(isForward: isForward))
    }

    @inline(__always) private func earliest(_ activity: Int, _ direction: Direction) -> Int32 {
        let first = direction.firstBefore + 4 &* activity
        let ends = ends.base
        var earliest = max(max(ends[Int(first[0])], ends[Int(first[1])]), max(ends[Int(first[2])], ends[Int(first[3])]))
        var edge = Int(direction.at[activity]) &+ 4
        let last = Int(direction.at[activity &+ 1])
        while edge < last {
            earliest = max(earliest, ends[Int(direction.before[edge])])
            edge &+= 1
        }
        return earliest
    }

    /// Places the activity in its current mode and returns its end.
    @inline(__always) func put(_ activity: Int, after earliest: Int32) -> Int32 {
        let length = duration.base[activity]
        var start = earliest
        if length > 0 {
            let chosen = Int(chosen.base[activity])
            start = fit(chosen, earliest, length)
            take(chosen, at: Int(start), Int(length))
        }
        let end = start &+ length
        ends.base[activity] = end
        return end
    }

    /// Assigns the mode with the earliest end.
    private func speedUp(_ activity: Int, _ earliest: Int32) {
        let first = Int(modeAt[activity])
        let current = first + Int(mode[activity])
        var best = current
        var end = fit(current, earliest, modeDuration[current]) + modeDuration[current]
        for candidate in first..<Int(modeAt[activity + 1]) where candidate != current {
            let length = modeDuration[candidate]
            guard earliest + length < end, isAffordable(candidate, insteadOf: current) else { continue }
            let finish = fit(candidate, earliest, length) + length
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

    // MARK: The profile

    /// The first start at or after `earliest` where the mode's request fits for `length` ticks.
    @inline(__always) private func fit(_ mode: Int, _ earliest: Int32, _ length: Int32) -> Int32 {
        guard length > 0 else { return earliest }
        if isNarrow { return Int32(truncatingIfNeeded: narrow.fit(mode, Int(earliest), Int(length))) }
        return fitWide(mode, earliest, length)
    }

    private func fitWide(_ mode: Int, _ earliest: Int32, _ length: Int32) -> Int32 {
        let need = modeRequest.base + mode * words
        var start = Int(earliest)
        var tick = start
        while tick < start + Int(length) {
            for word in 0..<words where (free.base[tick * words + word] &- need[word]) & guards != guards {
                start = tick + 1
                break
            }
            tick += 1
        }
        return Int32(truncatingIfNeeded: start)
    }

    @inline(__always) private func take(_ mode: Int, at start: Int, _ length: Int) {
        isNarrow ? narrow.take(mode, at: start, length) : takeWide(mode, at: start, length)
    }

    @inline(__always) func giveBack(_ mode: Int, at start: Int, _ length: Int) {
        if isNarrow { return narrow.giveBack(mode, at: start, length) }
        let need = modeRequest.base + mode * words
        for tick in start..<start + length {
            for word in 0..<words { free.base[tick * words + word] &+= need[word] }
        }
    }

    private func takeWide(_ mode: Int, at start: Int, _ length: Int) {
        let need = modeRequest.base + mode * words
        for tick in start..<start + length {
            for word in 0..<words { free.base[tick * words + word] &-= need[word] }
        }
    }
}
