import SluiceModel

extension MapReader {
    private var values: ValueReader { ValueReader(findings: findings) }

    func string(_ key: String) -> String? { self[key].flatMap { values.string($0, "`\(key)`") } }
    func boolean(_ key: String) -> Bool? { self[key].flatMap { values.boolean($0, "`\(key)`") } }
    func amount(_ key: String) -> Amount? { self[key].flatMap { values.amount($0, "`\(key)`") } }
    func duration(_ key: String) -> Duration? { self[key].flatMap { values.duration($0, "`\(key)`") } }
    func size(_ key: String) -> Int64? { self[key].flatMap { values.size($0, "`\(key)`") } }
    func rate(_ key: String) -> Int64? { self[key].flatMap { values.size($0, "`\(key)`", suffix: "/s") } }
    func globs(_ key: String) -> [Glob]? { strings(key)?.map(Glob.init) }

    func integer(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        self[key].flatMap { values.integer($0, "`\(key)`", in: range) }
    }

    /// A list of strings, or one string alone.
    func strings(_ key: String) -> [String]? { located(key)?.map(\.value) }

    func located(_ key: String) -> [Located<String>]? {
        guard let node = self[key] else { return nil }
        if let items = node.items {
            return items.compactMap { item in
                values.string(item, "an entry of `\(key)`").map { Located($0, at: item.location) }
            }
        }
        guard node.entries == nil, let text = values.string(node, "`\(key)`", wanted: "a list of strings") else {
            if node.entries != nil {
                findings.add(values.wrongType("`\(key)`", "a list of strings", node), at: node)
            }
            return nil
        }
        return [Located(text, at: node.location)]
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        self[key].flatMap { values.choice($0, "`\(key)`", type) }
    }

    /// A list of words of one kind.
    func choices<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> [Choice]?
    where Choice.RawValue == String {
        guard let node = self[key] else { return nil }
        guard let items = node.items else {
            findings.add(values.wrongType("`\(key)`", "a list", node), at: node)
            return nil
        }
        return items.compactMap { values.choice($0, "an entry of `\(key)`", type) }
    }
}
