import Glibc
import SluiceModel
import Synchronization
import Testing

@testable import SluiceExecution

@Suite("the clock of a run")
struct SteadyClockTests {
    @Test("begins at the system's time and goes on with the time that passes, whatever the system's clock is set to")
    func steady() {
        let passed = Counter()
        let clock = SteadyClock(at: Timestamp(milliseconds: 5000)) { passed.value.load(ordering: .relaxed) }
        #expect(clock.now() == Timestamp(milliseconds: 5000))
        passed.value.store(1042, ordering: .relaxed)
        #expect(clock.now() == Timestamp(milliseconds: 6000))
    }

    @Test("is the system's time where nobody sets that")
    func now() {
        let clock = SteadyClock()
        #expect(abs(clock.now().seconds(since: WallClock.now())) < 3600)
    }

    private final class Counter: Sendable {
        let value = Atomic<Int64>(42)
    }
}
