/// Where attempts run. Both calls block their thread until everything that was started is gone.
package protocol Executor: Sendable {
    var name: String { get }
    func execute(
        _ request: AttemptRequest, cancellation: Cancellation, observe: @escaping @Sendable (AttemptEvent) -> Void
    ) -> AttemptResult
}
