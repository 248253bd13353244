/// Where attempts run. Calls block their thread until everything that was started is gone.
package protocol Executor: Sendable {
    var name: String { get }
    /// An attempt that was handed over before is taken up where it stands, never started twice.
    func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult
    /// Whether an attempt was handed over so that it goes on, or has ended, without the runner that started it:
    /// `execute` with the same request takes it up. `folder` is the name of the attempt's folder as records hold it.
    func holds(_ folder: String) -> Bool
    /// Ends what an attempt left running whose runner died, before it is called lost.
    func endLeftovers(of folder: String)
    /// The end of an attempt is recorded: nothing has to be known of it any more.
    func forget(_ folder: String)
}

extension Executor {
    package func holds(_ folder: String) -> Bool { false }
    package func endLeftovers(of folder: String) {}
    package func forget(_ folder: String) {}
}

/// The executors of a machine, by name.
package struct Executors: Sendable {
    package let local: any Executor
    private let others: [String: any Executor]

    package init(local: any Executor, others: [any Executor] = []) {
        self.local = local
        self.others = Dictionary(others.map { ($0.name, $0) }) { first, _ in first }
    }

    /// One that the operator does not have any more fails every attempt.
    package subscript(name: String) -> any Executor {
        name == ResourceRequest.local ? local : others[name] ?? MissingExecutor(name: name)
    }
}

/// Stands for an executor that was taken away after the plan was made.
private struct MissingExecutor: Executor {
    let name: String

    func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult {
        let error = AttemptError(
            errorClass: .config, code: "executor.unknown", message: "the operator has no executor `\(name)` any more")
        return AttemptResult(outcome: .failed, error: error)
    }
}
