import Glibc
import Synchronization

/// A thread that does something again and again until it is stopped.
final class Heartbeats: Sendable {
    private let stopped = Atomic<Bool>(false)
    private let period: UInt32
    private let beat: @Sendable () -> Void
    /// How long a stop may go unnoticed, in microseconds.
    private static let slice: UInt32 = 50_000

    init(every seconds: Double, beat: @escaping @Sendable () -> Void) {
        period = UInt32(max(0.05, min(seconds, 3600)) * 1e6)
        self.beat = beat
        DetachedThread.start { self.run() }
    }

    func stop() { stopped.store(true, ordering: .relaxed) }

    private func run() {
        var waited: UInt32 = 0
        while !stopped.load(ordering: .relaxed) {
            usleep(Self.slice)
            waited += Self.slice
            guard waited >= period else { continue }
            waited = 0
            beat()
        }
    }
}
