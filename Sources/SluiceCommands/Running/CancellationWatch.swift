import SluiceEngine
import Glibc
import SluiceModel
import SluiceStore
import Synchronization

/// Brings to a run what other processes ask of it: `sluice runs cancel`, a newer push of its group.
final class CancellationWatch: Sendable {
    private let isOver = Atomic(false)

    /// Microseconds between two looks: one row by its key.
    private static let interval: UInt32 = 200_000

    /// Looks until `stop`. Where there is no thread left the run is driven all the same.
    init(_ run: RunID, in store: Store, cancel: @escaping RunSignals.Cancel) {
        _ = WorkerThread.start { [self] in
            var heard: RunCancellation?
            while !isOver.load(ordering: .relaxed) {
                if let asked = try? store.cancellation(of: run), asked != heard {
                    heard = asked
                    cancel(asked.reason, asked.isImmediate)
                }
                usleep(Self.interval)
            }
        }
    }

    func stop() { isOver.store(true, ordering: .relaxed) }
}
