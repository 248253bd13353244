/// Activity lists to start from.
extension BipopulationSearch {
    /// By activity, when it must have ended in the current modes, counted from the longest chain's end.
    func latestFinish() -> [Int32] {
        let end =
            deadlines.isEmpty ? 0 : order.map { kernel.head[$0] + kernel.tail[$0] + kernel.duration[$0] }.max() ?? 0
        var latest = deadlines.isEmpty ? [Int32](repeating: 0, count: count) : deadlines.map { min($0, end) - end }
        for activity in order.reversed() {
            for edge in Int(kernel.successorAt[activity])..<Int(kernel.successorAt[activity + 1]) {
                let successor = Int(kernel.successors[edge])
                latest[activity] = min(latest[activity], latest[successor] - kernel.duration[successor])
            }
        }
        return latest
    }

    /// The order by key as far as precedence allows; the key never falls along an arc.
    func build(_ key: (Int) -> Int32) {
        let rank = order.enumerated().map { (place: $0.offset, activity: $0.element, key: key($0.element)) }
        let sorted = rank.sorted { $0.key == $1.key ? $0.place < $1.place : $0.key < $1.key }
        for (position, entry) in sorted.enumerated() { child[position] = Int32(entry.activity) }
    }

    /// Regret-based biased random sampling (Drexl 1991) over the latest finish, by tournaments of eligible activities.
    mutating func biased(_ latest: [Int32]) {
        var missing = (0..<count).map { kernel.predecessorAt[$0 + 1] - kernel.predecessorAt[$0] }
        var eligible = (0..<count).filter { missing[$0] == 0 }
        for position in 0..<count {
            var pick = random.below(eligible.count)
            for _ in 0..<2 {
                let other = random.below(eligible.count)
                if latest[eligible[other]] < latest[eligible[pick]] { pick = other }
            }
            let activity = eligible[pick]
            eligible[pick] = eligible[eligible.count - 1]
            eligible.removeLast()
            child[position] = Int32(activity)
            for edge in Int(kernel.successorAt[activity])..<Int(kernel.successorAt[activity + 1]) {
                let successor = Int(kernel.successors[edge])
                missing[successor] -= 1
                if missing[successor] == 0 { eligible.append(successor) }
            }
        }
    }
}
