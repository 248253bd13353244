import SluiceEngine
import SluiceModel
import SluiceReport
import Synchronization

/// Tells a run in plain lines on stderr: where there is no terminal.
final class PlainObserver: RunObserver {
    private let lines: Mutex<PlainLines>
    /// Without it only what is recorded is told, not what plugins print.
    private let showsLogs: Bool

    init(style: Style, showsLogs: Bool) {
        lines = Mutex(PlainLines(style: style))
        self.showsLogs = showsLogs
    }

    func recorded(_ event: RunEvent) { tell { $0.lines(for: event) } }

    func attempt(_ stage: String, number: Int, said event: AttemptEvent) {
        if case .log = event, !showsLogs { return }
        tell { $0.lines(for: event, of: stage) }
    }

    private func tell(_ make: (inout PlainLines) -> [String]) {
        lines.withLock { lines in
            let told = make(&lines)
            if !told.isEmpty { Console.tell(told.joined(separator: "\n")) }
        }
    }
}
