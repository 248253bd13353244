import Glibc

/// CPU seconds of this process.
enum CPUClock {
    static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The result of the work and the CPU seconds that it took.
    static func measure<Result>(_ work: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
        let start = seconds()
        let result = try work()
        return (result, seconds() - start)
    }
}
