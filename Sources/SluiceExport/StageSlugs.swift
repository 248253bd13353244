/// Names in the letters that every engine takes: `train[model=logreg]` is `train-model-logreg`.
enum StageSlugs {
    private static let longest = 50

    /// By name, behind `prefix`. No two are equal, nor equal to one of `taken`: those that would be are numbered in their
    /// order.
    static func unique(
        _ names: [String], prefix: String = "", besides taken: some Sequence<String> = []
    ) -> [String: String] {
        var taken = Set(taken)
        // Behind which number a free one was found last: thousands of names may have one slug.
        var numbers: [String: Int] = [:]
        var slugs: [String: String] = [:]
        for name in names where slugs[name] == nil {
            let base = prefix + slug(name)
            var candidate = base
            while !taken.insert(candidate).inserted {
                numbers[base, default: 1] += 1
                candidate = "\(base)-\(numbers[base, default: 1])"
            }
            slugs[name] = candidate
        }
        return slugs
    }

    /// Lower-case letters and digits; every run of anything else is one dash. Begins with a letter, as stages do.
    static func slug(_ name: String) -> String {
        var slug = ""
        for byte in name.lowercased().utf8 {
            let isPlain = (97...122).contains(byte) || (48...57).contains(byte)
            if isPlain { slug.unicodeScalars.append(UnicodeScalar(byte)) } else if slug.last != "-" { slug += "-" }
        }
        slug = String(slug.prefix(longest))
        while slug.last == "-" { slug.removeLast() }
        return slug
    }
}
