import SluiceEngine
import SluiceModel
import SluiceReport
import Synchronization

/// Tells a run in the groups of the CI system's log, on one stream, so that the order is the log's.
final class CIObserver: RunObserver {
    private let log: Mutex<CILog>
    private let print: @Sendable (String) -> Void

    init(dialect: CIDialect, style: Style, print: @escaping @Sendable (String) -> Void) {
        log = Mutex(CILog(dialect: dialect, style: style))
        self.print = print
    }

    func recorded(_ event: RunEvent) { tell { $0.lines(for: event) } }

    func attempt(_ stage: String, number: Int, said event: AttemptEvent) {
        tell { $0.lines(for: event, of: stage, number: number) }
    }

    private func tell(_ make: (inout CILog) -> [String]) {
        log.withLock { log in
            let lines = make(&log)
            if !lines.isEmpty { print(lines.joined(separator: "\n")) }
        }
    }
}
