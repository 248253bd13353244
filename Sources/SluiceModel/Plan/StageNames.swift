/// Names of many instances in few words.
package enum StageNames {
    private static let shown = 3
    /// Columns that two instances of a matrix may take by name.
    private static let longest = 32

    /// `train`, `train[a=1] and train[a=2]`, `train (4 instances), evaluate and 2 more`; names in their order.
    package static func list(_ names: [String]) -> String {
        var groups: [(base: String, names: [String])] = []
        for name in names {
            let base = base(of: name)
            if let index = groups.firstIndex(where: { $0.base == base }) {
                groups[index].names.append(name)
            } else {
                groups.append((base, [name]))
            }
        }
        let words = groups.flatMap { group in
            let isShort = group.names.count <= 2 && group.names.joined().count <= longest
            return group.names.count == 1 || isShort
                ? group.names : ["\(group.base) (\(group.names.count) instances)"]
        }
        guard words.count > shown else { return joined(words) }
        return words.prefix(shown - 1).joined(separator: ", ") + " and \(words.count - shown + 1) more"
    }

    /// The stage of an instance: `train` of `train[model=forest]`.
    package static func base(of instance: String) -> String { String(instance.prefix { $0 != "[" }) }

    private static func joined(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
