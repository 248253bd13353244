import SluiceExecution
import SluiceModel

/// The machine's clock, in UTC.
struct SystemClock: Clock {
    func now() -> Timestamp { WallClock.now() }
}
