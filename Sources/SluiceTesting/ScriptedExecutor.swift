import SluiceModel
import Synchronization

/// Runs attempts as a test says, on the thread that asks.
package final class ScriptedExecutor: Executor {
    package typealias Script = @Sendable (AttemptRequest, Cancellation) -> AttemptResult

    package let name: String
    private let script: Script
    private let seen = Mutex<[AttemptRequest]>([])
    private let held: Mutex<Set<String>>
    private let ends = Mutex<[String]>([])

    /// `holding` are folders of attempts that it holds for a runner that died.
    package init(
        name: String = "scripted", holding: Set<String> = [],
        _ script: @escaping Script = { _, _ in AttemptResult(outcome: .succeeded) }
    ) {
        self.name = name
        held = Mutex(holding)
        self.script = script
    }

    /// Folders of attempts whose leftovers it was to end.
    package var ended: [String] { ends.withLock { $0 } }

    package func holds(_ folder: String) -> Bool { held.withLock { $0.contains(folder) } }
    package func forget(_ folder: String) { _ = held.withLock { $0.remove(folder) } }
    package func endLeftovers(of folder: String) { ends.withLock { $0.append(folder) } }

    /// In the order of their starts.
    package var requests: [AttemptRequest] { seen.withLock { $0 } }

    package func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult {
        seen.withLock { $0.append(request) }
        observe(.log(stream: .stdout, text: request.stage))
        return script(request, cancellation)
    }
}
