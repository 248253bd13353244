import Glibc
import SluiceEngine
import SluiceModel
import Synchronization

/// Turns SIGINT and SIGTERM into a cancelled run: the first with its grace, the second at once.
final class RunSignals: Sendable {
    private struct State {
        var driver: RunDriver?
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

    /// From now on signals reach this run; one that came before reaches it now.
    func forward(to driver: RunDriver) {
        let early = state.withLock { state in
            state.driver = driver
            return state.count
        }
        if early > 0 { driver.cancel(.user, killNow: early > 1) }
    }

    private func arrived(_ signal: Int32) {
        let (driver, count) = state.withLock { state in
            state.count += 1
            return (state.driver, state.count)
        }
        guard let driver else { exit(ExitStatus.cancelled.rawValue) }
        Console.tell(count == 1 ? "sluice: cancelling; once more kills at once" : "sluice: killing what runs")
        driver.cancel(signal == SIGTERM ? .shutdown : .user, killNow: count > 1)
    }

    private static func watched() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        return signals
    }
}
