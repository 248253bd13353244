import SluiceEngine
import SluiceModel
import SluiceStore
import Synchronization

/// Writes down in an exchange what happens to a stage, as it happens: a process that dies leaves an attempt without an
/// end. How the stage ended is kept back, for whether it has ended is for the retry policy to say.
final class ExchangeObserver: RunObserver {
    private struct State {
        var end: RunEvent?
        var failure: StoreError?
    }

    private let exchange: Exchange
    private let stage: String
    private let state = Mutex(State())

    init(exchange: Exchange, stage: String) {
        self.exchange = exchange
        self.stage = stage
    }

    var end: RunEvent? { state.withLock { $0.end } }
    /// Why something could not be written.
    var failure: StoreError? { state.withLock { $0.failure } }

    func recorded(_ event: RunEvent) {
        guard event.kind.stage == stage else { return }
        guard event.kind.end == nil else { return state.withLock { $0.end = event } }
        do { try exchange.append(event, of: stage) } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
    }

    func attempt(_ stage: String, number: Int, said event: AttemptEvent) {}
}
