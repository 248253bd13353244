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
