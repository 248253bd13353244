import SluiceModel

/// Says for a person why a stage's result cannot be taken from an earlier run.
enum MissReason {
    /// Changes that are named one by one.
    private static let shown = 3

    /// Which parts of the key differ from those of the nearest earlier run.
    static func explain(_ parts: [CacheKeyPart], earlier: CacheEntry?, plugin: String?) -> String {
        guard let earlier else { return "first run" }
        let changes = differences(from: earlier.parts, to: parts, plugin: plugin)
        guard !changes.isEmpty else { return "its entry is gone or not for this reference" }
        let more = changes.count > shown ? ", \(changes.count - shown) more" : ""
        return changes.prefix(shown).joined(separator: ", ") + more
    }

    /// The source files or folders that differ.
    static func changedSources(_ parts: [CacheKeyPart], earlier: CacheEntry?) -> [String] {
        guard let earlier else { return [] }
        let before = Set(earlier.parts)
        return parts.filter { $0.name.hasPrefix("source.") && !before.contains($0) }.map {
            String($0.name.dropFirst(7))
        }
    }

    /// Every part that differs as a sentence, what a person most likely did himself first.
    static func differences(from old: [CacheKeyPart], to new: [CacheKeyPart], plugin: String?) -> [String] {
        let before = Dictionary(old.map { ($0.name, $0.value) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.name, $0.value) }) { first, _ in first }
        let names = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        let ordered = names.sorted { (rank($0), $0) < (rank($1), $1) }
        return ordered.map { sentence($0, before[$0], after[$0], plugin: plugin) }
    }

    /// What a person most likely did himself comes first.
    private static func rank(_ name: String) -> Int {
        let order = ["params", "script", "value", "source", "input", "env", "plugin"]
        return order.firstIndex(of: kind(of: name)) ?? order.count
    }

    private static func kind(of name: String) -> String { String(name.prefix { $0 != "." }) }

    private static func sentence(_ name: String, _ old: String?, _ new: String?, plugin: String?) -> String {
        let rest = String(name.drop { $0 != "." }.dropFirst())
        switch kind(of: name) {
        case "params": return change(of: name, old, new)
        case "value": return change(of: rest, old, new)
        case "env": return change(of: name, old, new)
        case "seed": return change(of: "seed", old, new)
        case "script": return "its script changed"
        case "source": return old == nil ? "\(rest) is new" : new == nil ? "\(rest) is gone" : "\(rest) changed"
        case "input": return old == nil ? "input \(rest) is new" : "input \(rest) changed"
        case "plugin": return "plugin \(plugin ?? "") changed"
        case "degraded": return new == nil ? "the earlier result is degraded" : "the earlier result is not degraded"
        case "secret": return "the secret \(rest) has another version"
        case "environment": return "python environment changed"
        case "output": return "output \(rest) is declared otherwise"
        default: return "\(name) changed"
        }
    }

    private static func change(of name: String, _ old: String?, _ new: String?) -> String {
        switch (old, new) {
        case (let old?, let new?): "\(name) changed \(brief(old)) → \(brief(new))"
        case (nil, let new?): "\(name) is new (\(brief(new)))"
        default: "\(name) is gone"
        }
    }

    private static func brief(_ value: String) -> String {
        let plain = PathMarker.plain(value)
        return plain.count > 40 ? plain.prefix(37) + "…" : plain
    }
}
