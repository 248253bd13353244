import Glibc
import SluiceModel

/// The system's time when it was made, and from then on the time that passes, sleep of the machine included. By it a run
/// is driven: a clock that is set meanwhile neither ends its waits and limits early nor puts them off.
package struct SteadyClock: Clock {
    private let start: Timestamp
    private let origin: Int64
    private let passed: @Sendable () -> Int64

    package init() {
        self.init(at: WallClock.now()) {
            var time = timespec()
            clock_gettime(CLOCK_BOOTTIME, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        }
    }

    /// `passed`: milliseconds since whenever.
    init(at start: Timestamp, passed: @escaping @Sendable () -> Int64) {
        self.start = start
        self.passed = passed
        origin = passed()
    }

    package func now() -> Timestamp { Timestamp(milliseconds: start.milliseconds + passed() - origin) }
}
