/// Where attempts run. Calls block their thread until everything that was started is gone.
package protocol Executor: Sendable {
    var name: String { get }
    func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult
    /// Ends what an attempt left running whose runner died, before it is called lost. `folder` is the name of the
    /// attempt's folder as records hold it.
    func endLeftovers(of folder: String)
}

extension Executor {
    package func endLeftovers(of folder: String) {}
}
