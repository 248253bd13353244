/// The hint that mends a misspelt name.
package enum NearestName {
    /// Cells of distance tables that one search may fill: a hint is a courtesy, and a file may have thousands of names that
    /// are wrong beside thousands that are right.
    private static let effort = 200_000

    /// The candidate with the fewest edits, when those are few enough to be a slip.
    package static func nearest(to word: String, of candidates: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().utf8.prefix(64))
        var best: (name: String, distance: Int)?
        var effort = Self.effort
        for candidate in candidates where candidate.utf8.count <= 64 && effort > 0 {
            let name = Array(candidate.lowercased().utf8)
            let length = min(typed.count, name.count)
            let bound = min(length < 3 ? 0 : max(1, length / 3), (best?.distance ?? .max) - 1)
            guard abs(typed.count - name.count) <= bound else { continue }
            let (left, right) = differing(typed, name)
            effort -= left.count * right.count + length
            let distance = distance(left, right, within: bound)
            if distance <= bound { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Two words without what they begin and end with alike.
    private static func differing(_ left: [UInt8], _ right: [UInt8]) -> ([UInt8], [UInt8]) {
        let start = zip(left, right).prefix { $0 == $1 }.count
        let end = zip(left.dropFirst(start).reversed(), right.dropFirst(start).reversed()).prefix { $0 == $1 }.count
        return (Array(left[start..<(left.count - end)]), Array(right[start..<(right.count - end)]))
    }

    /// "did you mean `x`?", else what there is.
    package static func hint(for word: String, of candidates: [String], kind: String) -> String? {
        if let name = nearest(to: word, of: candidates) { return "did you mean `\(name)`?" }
        guard !candidates.isEmpty else { return nil }
        let shown = candidates.sorted().prefix(24).map { "`\($0)`" }.joined(separator: ", ")
        return "\(kind): \(shown)\(candidates.count > 24 ? ", …" : "")"
    }

    /// Insertions, deletions, changes and swaps of neighbours that turn one word into the other: the optimal
    /// string alignment distance (Damerau, 1964; Levenshtein, 1966). `Int.max` where they are more than `most`.
    private static func distance(_ left: [UInt8], _ right: [UInt8], within most: Int) -> Int {
        var before: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                row.append(cost)
            }
            if min(row.min() ?? 0, last.min() ?? 0) > most { return .max }
            (before, last) = (last, row)
        }
        return last[right.count]
    }
}
