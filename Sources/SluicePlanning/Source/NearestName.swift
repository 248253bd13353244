/// The hint that mends a misspelt name.
package enum NearestName {
    /// The candidate with the fewest edits, when those are few enough to be a slip.
    package static func nearest(to word: String, of candidates: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().utf8.prefix(64))
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate.utf8.count <= 64 {
            let distance = distance(typed, Array(candidate.lowercased().utf8))
            let length = min(typed.count, candidate.utf8.count)
            let bound = length < 3 ? 0 : max(1, length / 3)
            if distance <= bound, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// "did you mean `x`?", else what there is.
    static func hint(for word: String, of candidates: [String], kind: String) -> String? {
        if let name = nearest(to: word, of: candidates) { return "did you mean `\(name)`?" }
        guard !candidates.isEmpty else { return nil }
        let shown = candidates.sorted().prefix(24).map { "`\($0)`" }.joined(separator: ", ")
        return "\(kind): \(shown)\(candidates.count > 24 ? ", …" : "")"
    }

    /// Insertions, deletions, changes and swaps of neighbours that turn one word into the other: the optimal
    /// string alignment distance (Damerau, 1964; Levenshtein, 1966).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
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
            (before, last) = (last, row)
        }
        return last[right.count]
    }
}
