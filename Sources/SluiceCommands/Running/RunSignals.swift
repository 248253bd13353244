import Glibc
import SluiceEngine
import SluiceModel
import Synchronization

/// Turns SIGINT and SIGTERM into a cancellation: the first with its grace, the second at once.
final class RunSignals: Sendable {
    typealias Cancel = @Sendable (_ reason: CancelReason, _ killNow: Bool) -> Void

    private struct State {
        var cancel: Cancel?
        var count = 0
    }

    private let state = Mutex(State())

    /// Must be called before any other thread exists, so that all of them inherit the mask. Watches until the
    /// process ends.
    init() {
        var signals = Self.watched()
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        _ = WorkerThread.start { [self] in
            var signals = Self.watched()
            var received: Int32 = 0
            while sigwait(&signals, &received) == 0 { arrived(received) }
        }
    }

    /// Whether a signal has come: nothing new is begun then.
    var hasArrived: Bool { state.withLock { $0.count > 0 } }

    /// From now on signals lead there; one that came before is told now.
    func forward(to cancel: @escaping Cancel) {
        let early = state.withLock { state in
            state.cancel = cancel
            return state.count
        }
        if early > 0 { cancel(.user, early > 1) }
    }

    private func arrived(_ signal: Int32) {
        let (cancel, count) = state.withLock { state in
            state.count += 1
            return (state.cancel, state.count)
        }
        guard let cancel else { exit(ExitStatus.cancelled.rawValue) }
        Console.tell(count == 1 ? "sluice: cancelling; once more kills at once" : "sluice: killing what runs")
        cancel(signal == SIGTERM ? .shutdown : .user, count > 1)
    }

    private static func watched() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        return signals
    }
}
