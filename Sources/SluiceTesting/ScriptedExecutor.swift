import SluiceModel
import Synchronization

/// Runs attempts as a test says, on the thread that asks.
package final class ScriptedExecutor: Executor {
    package typealias Script = @Sendable (AttemptRequest, Cancellation) -> AttemptResult

    package let name = "scripted"
    private let script: Script
    private let seen = Mutex<[AttemptRequest]>([])

    package init(_ script: @escaping Script = { _, _ in AttemptResult(outcome: .succeeded) }) { self.script = script }

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
