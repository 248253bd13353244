import SluiceModel

/// Remembers the key parts of the last lists of sources: most stages of a plan share one.
struct SourceParts {
    private static let kept = 8
    private var known: [(entries: [TreeEntry], parts: [CacheKeyPart])] = []

    /// Lists that share their storage compare at once, others differ early.
    mutating func parts(of entries: [TreeEntry]) -> [CacheKeyPart] {
        if entries.isEmpty { return [] }
        if let found = known.first(where: { $0.entries == entries }) { return found.parts }
        let parts = CacheKey.sourceParts(entries)
        if known.count == Self.kept { known.removeFirst() }
        known.append((entries, parts))
        return parts
    }
}
