import Glibc
import SluiceEngine
import SluiceModel
import SluiceReport
import Synchronization

/// Redraws the live view in place on stderr, ten times a second at most.
final class LiveObserver: RunObserver {
    private struct Screen {
        var state: LiveState
        /// Lines of the last frame, which the next one overwrites.
        var drawn = 0
        var isClosed = false
    }

    private let screen: Mutex<Screen>
    private let style: Style
    private let clock: any Clock

    init(head: RunHead, style: Style, clock: any Clock) {
        screen = Mutex(Screen(state: LiveState(head: head)))
        self.style = style
        self.clock = clock
        Console.tell(through: { [weak self] in self?.tell($0) })
        _ = WorkerThread.start { [weak self] in
            while self?.draw() == true { usleep(100_000) }
        }
    }

    func recorded(_ event: RunEvent) { screen.withLock { $0.state.apply(event) } }

    func attempt(_ stage: String, number: Int, said event: AttemptEvent) {
        let now = clock.now()
        screen.withLock { $0.state.observe(event, of: stage, at: now) }
    }

    /// What is told meanwhile stays above the view.
    private func tell(_ text: String) {
        screen.withLock { screen in
            Console.write(Self.eraser(of: screen.drawn) + text, to: STDERR_FILENO)
            screen.drawn = 0
        }
    }

    /// Takes the view away, so that the record can stand in its place.
    func close() {
        Console.tell(through: nil)
        screen.withLock { screen in
            screen.isClosed = true
            Console.write(Self.eraser(of: screen.drawn), to: STDERR_FILENO)
            screen.drawn = 0
        }
    }

    /// False when the view is closed.
    private func draw() -> Bool {
        screen.withLock { screen in
            guard !screen.isClosed else { return false }
            let (columns, rows) = Console.size(of: STDERR_FILENO)
            let frame = LiveView.frame(
                screen.state, width: columns, height: rows - 1, now: clock.now(), style: style)
            let lines = frame.map { $0 + "\u{1B}[K\n" }.joined()
            Console.write(Self.eraser(of: screen.drawn) + lines, to: STDERR_FILENO)
            screen.drawn = frame.count
            return true
        }
    }

    /// Back to the first line of the last frame, and everything below it cleared; from the first column, for the
    /// terminal shows a Ctrl-C where the cursor stands.
    private static func eraser(of lines: Int) -> String { lines > 0 ? "\r\u{1B}[\(lines)A\u{1B}[J" : "" }
}
