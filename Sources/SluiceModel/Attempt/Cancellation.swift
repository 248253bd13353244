import Synchronization

/// Why an attempt is stopped from outside; the words of the contract's `cancel` line.
package enum CancelReason: String, Sendable, Codable {
    case user, superseded, timeout, budget, upstream, shutdown, pruned

    /// As records say it of a run or a stage.
    package var sentence: String { "cancelled (\(rawValue))" }

    /// How an attempt ends that is stopped for it: timeout, cancel and budget stop are different outcomes.
    package var outcome: Outcome {
        switch self {
        case .timeout: .timedOut
        case .budget: .overLimit
        case .user, .superseded, .upstream, .shutdown, .pruned: .cancelled
        }
    }
}

/// A request to stop that any thread may make and the attempt's own thread notices.
///
/// The first reason wins; `killNow` makes it impatient. Handlers run once, on the thread that cancels, or at once
/// when it is too late; they must only wake somebody.
package final class Cancellation: Sendable {
    package struct State: Sendable, Equatable {
        package var reason: CancelReason?
        /// No grace any more.
        package var killNow = false
    }

    private struct Inner {
        var state = State()
        var handlers: [@Sendable () -> Void] = []
    }

    private let inner = Mutex(Inner())

    package init() {}

    package var state: State { inner.withLock { $0.state } }

    package func cancel(_ reason: CancelReason) { change { $0.reason = $0.reason ?? reason } }

    package func killNow(_ reason: CancelReason) {
        change {
            $0.reason = $0.reason ?? reason
            $0.killNow = true
        }
    }

    package func onChange(_ handler: @escaping @Sendable () -> Void) {
        let isLate = inner.withLock { inner in
            inner.handlers.append(handler)
            return inner.state != State()
        }
        if isLate { handler() }
    }

    private func change(_ update: (inout State) -> Void) {
        let handlers = inner.withLock { inner in
            update(&inner.state)
            return inner.handlers
        }
        for handler in handlers { handler() }
    }
}
