import SluiceModel
import Synchronization

/// The events of runs in memory, numbered like the real ones; it can be made to fail.
package final class MemoryJournal: RunJournal {
    private struct Inner {
        var events: [RunEvent] = []
        var completions: [StageCompletion] = []
        var transactions = 0
    }

    private let inner = Mutex(Inner())
    private let cache: MemoryCache?
    private let refuses: @Sendable ([RunEvent.Kind]) -> Bool

    /// `refuses`: what cannot be written. Results go into `cache`.
    package init(cache: MemoryCache? = nil, refuses: @escaping @Sendable ([RunEvent.Kind]) -> Bool = { _ in false }) {
        self.cache = cache
        self.refuses = refuses
    }

    package var events: [RunEvent] { inner.withLock { $0.events } }
    package var completions: [StageCompletion] { inner.withLock { $0.completions } }
    /// How many changes were made.
    package var transactions: Int { inner.withLock { $0.transactions } }

    @discardableResult
    package func append(
        _ events: [RunEvent.Kind], to run: RunID, at time: Timestamp
    ) throws(StoreError) -> [RunEvent] {
        if refuses(events) { throw StoreError(.unavailable, "the disk is full") }
        return inner.withLock { inner in
            inner.transactions += 1
            let first = Int64(inner.events.count + 1)
            let written = events.enumerated().map {
                RunEvent(sequence: first + Int64($0), time: time, run: run, kind: $1)
            }
            inner.events += written
            return written
        }
    }

    package func events(of run: RunID) throws(StoreError) -> [RunEvent] { events.filter { $0.run == run } }

    package func finish(
        _ completion: StageCompletion, events: [RunEvent.Kind], booking: Booking? = nil, to run: RunID,
        at time: Timestamp
    ) throws(StoreError) -> [RunEvent] {
        let written = try append(events, to: run, at: time)
        inner.withLock { $0.completions.append(completion) }
        cache?.remember(completion)
        return written
    }
}
