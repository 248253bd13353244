/// Orders of activities.
extension ScheduleKernel {
    /// Sorts by key, latest first, keeping the reversed order of `list` among equals; keys are ticks.
    func sortLatestFirst(_ list: UnsafeMutablePointer<Int32>, key: UnsafePointer<Int32>, top: Int32) {
        let top = Int(top)
        for tick in 0...top + 1 { bucket.base[tick] = 0 }
        for index in 0..<count { bucket.base[top - Int(key[index]) + 1] += 1 }
        for tick in 0..<top { bucket.base[tick + 1] += bucket.base[tick] }
        for position in stride(from: count - 1, through: 0, by: -1) {
            let activity = list[position]
            let slot = top - Int(key[Int(activity)])
            scratch.base[Int(bucket.base[slot])] = activity
            bucket.base[slot] += 1
        }
        list.update(from: scratch.base, count: count)
    }
}
