/// Names of instances in the letters that every engine takes: `train[model=logreg]` is `train-model-logreg`.
enum StageSlugs {
    private static let longest = 50

    /// No two are equal: those that would be are numbered in their order.
    static func unique(_ names: [String]) -> [String: String] {
        var taken: Set<String> = []
        var slugs: [String: String] = [:]
        for name in names {
            let base = slug(name)
            var candidate = base
            var number = 2
            while !taken.insert(candidate).inserted {
                candidate = "\(base)-\(number)"
                number += 1
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
