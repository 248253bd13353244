import SluiceModel
import Synchronization

/// A clock that stands still until it is moved.
package final class ManualClock: Clock {
    private let time: Mutex<Timestamp>

    package init(_ start: Timestamp = Timestamp(milliseconds: 1_000_000)) { time = Mutex(start) }

    package func now() -> Timestamp { time.withLock { $0 } }

    package func advance(bySeconds seconds: Double) { time.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}
