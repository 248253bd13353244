/// When a schedule search ends.
struct SearchLimit {
    var schedules: Int
    var seconds: Double
    /// CPU seconds; only differences count.
    var clock: () -> Double
    var start: Double
    /// No schedule is shorter.
    var bound: Int32
    /// Passes between two looks at the clock.
    var stride: Int

    func isReached(_ done: Int) -> Bool {
        if done >= schedules { return true }
        guard seconds < .infinity, done % stride == 0 else { return false }
        return clock() - start >= seconds
    }
}
