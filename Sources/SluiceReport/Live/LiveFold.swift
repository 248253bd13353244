/// Which stages a live view of limited height shows on lines of their own, in the plan's order.
///
/// First what ended well is folded into one line, then what waits, then what still does not fit.
struct LiveFold {
    enum Entry: Equatable {
        /// Index of the stage.
        case stage(Int)
        case finished(Int)
        case waiting(Int)
        case more(Int)
    }

    let entries: [Entry]

    init(phases: [LiveState.Phase], room: Int) {
        let all = Array(phases.indices)
        guard all.count > room else {
            entries = all.map { .stage($0) }
            return
        }
        let finished = all.filter { phases[$0].isCalmlyEnded }
        let waiting = all.filter { phases[$0].isWaiting }
        let lively = all.filter { !phases[$0].isCalmlyEnded && !phases[$0].isWaiting }
        entries = Self.folded(finished: finished.count, lively: lively, waiting: waiting, room: max(0, room))
    }

    private static func folded(finished: Int, lively: [Int], waiting: [Int], room: Int) -> [Entry] {
        let head: [Entry] = finished > 0 ? [.finished(finished)] : []
        let left = room - head.count
        if lively.count + waiting.count <= left { return head + (lively + waiting).sorted().map { .stage($0) } }
        let shownWaiting = max(0, left - lively.count - 1)
        let tail: [Entry] = waiting.isEmpty ? [] : [.waiting(waiting.count - shownWaiting)]
        if lively.count + tail.count <= left {
            return head + (lively + waiting.prefix(shownWaiting)).sorted().map { .stage($0) } + tail
        }
        let shown = max(0, room - 1)
        return lively.prefix(shown).map { .stage($0) } + [
            .more(finished + lively.count + waiting.count - min(shown, lively.count))
        ]
    }
}

extension LiveState.Phase {
    /// Ended with nothing that a person must look at.
    fileprivate var isCalmlyEnded: Bool {
        guard case .ended(let outcome) = self else { return false }
        return outcome.isGood || outcome == .skipped
    }

    fileprivate var isWaiting: Bool {
        if case .waiting = self { return true }
        return self == .ready
    }
}
