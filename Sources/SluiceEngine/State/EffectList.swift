import SluiceModel

/// What one happening leads to, in its order. Events that follow each other are one transaction: an attempt's end
/// and what it means for its stage are recorded together or not at all.
struct EffectList: Sendable {
    private var done: [Effect] = []
    private var events: [RunEvent.Kind] = []
    private var completion: StageCompletion?

    mutating func record(_ kinds: [RunEvent.Kind]) { events += kinds }

    /// Remembers a stage's result with the events around it.
    mutating func complete(_ result: StageCompletion, _ kinds: [RunEvent.Kind]) {
        if completion != nil { close() }
        completion = result
        events += kinds
    }

    /// Something other than a record: it happens after all that is recorded before it.
    mutating func add(_ effect: Effect) {
        close()
        done.append(effect)
    }

    mutating func take() -> [Effect] {
        close()
        defer { done = [] }
        return done
    }

    /// As `take`, and what the run holds of its accounts from now on is booked with the last record. Attempts that
    /// start after it take their shares out of that.
    mutating func take(rest: [BudgetResource: Amount]) -> [Effect] {
        close()
        var rest = rest
        for (index, effect) in done.enumerated().reversed() {
            switch effect {
            case .start(let order):
                rest.merge(order.booking?.attempt?.amounts ?? [:]) { $0 + $1 }
            case .record(let kinds, _): done[index] = .record(kinds, Booking(rest: rest))
            case .complete(let completion, let kinds, _):
                done[index] = .complete(completion, kinds, Booking(rest: rest))
            default: continue
            }
            if case .start = effect { continue }
            break
        }
        return take()
    }

    private mutating func close() {
        if let completion {
            done.append(.complete(completion, events))
        } else if !events.isEmpty {
            done.append(.record(events))
        }
        completion = nil
        events = []
    }
}
