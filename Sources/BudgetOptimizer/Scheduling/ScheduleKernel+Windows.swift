/// Parts of a pass, for a search that reorders a stretch of a list behind activities that stay.
extension ScheduleKernel {
    /// An empty profile, to be filled by `fix`.
    mutating func beginWindows() {
        begin()
        touched = 0
    }

    /// Places the activity as early as it fits, to stay.
    mutating func fix(_ activity: Int, isForward: Bool) {
        touched = max(touched, Int(put(activity, after: earliest(activity, isForward: isForward))))
    }

    /// How late this order of the stretch spends its energy; the less, the more room is left for what follows. (Measured
    /// against the sum of ends and against the makespan that the chains behind force: both leave longer schedules.)
    /// Leaves the profile as it was.
    mutating func judge(_ list: UnsafePointer<Int32>, _ stretch: Range<Int>, isForward: Bool) -> Int {
        var lateness = 0
        for position in stretch {
            let activity = Int(list[position])
            let end = put(activity, after: earliest(activity, isForward: isForward))
            lateness &+= Int(end) &* Int(weight[activity])
        }
        for position in stretch {
            let activity = Int(list[position])
            let length = Int(duration[activity])
            touched = max(touched, Int(ends[activity]))
            if length > 0 { giveBack(Int(chosen[activity]), at: Int(ends[activity]) - length, length) }
        }
        return lateness
    }
}
