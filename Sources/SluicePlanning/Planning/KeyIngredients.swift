import SluiceModel

/// What changes a stage's results, named for people: the parts of its cache key.
///
/// Not in it: mtimes, absolute paths, cpu counts, the stage's name, and who wrote the entry (look-ups know that).
struct KeyIngredients {
    var stage: Plan.Stage
    /// With markers for paths.
    var params: JSONValue
    var environment: [String: String]
    /// The text of `run` as it is written.
    var script: String?
    /// What the script's names stand for.
    var values: [String: String]
    var inputs: [BoundInput]
    var environmentLock: String?
    /// A result that its profile marks as degraded never stands for one that is not.
    var isDegraded: Bool
    /// Those of the stage's sources.
    var sourceParts: [CacheKeyPart]

    var parts: [CacheKeyPart] {
        var parts = [CacheKeyPart(name: "protocol", value: stage.wire.rawValue)]
        func add(_ name: String, _ value: String?) {
            if let value { parts.append(CacheKeyPart(name: name, value: value)) }
        }
        add("plugin", stage.plugin?.folder.digest)
        add("environment", environmentLock)
        add("script", script)
        add("degraded", isDegraded ? "true" : nil)
        add("seed", stage.definition.seed.map { String($0) })
        add("metrics", stage.definition.metricsPath)
        add("artifacts", artifacts)
        if case .object(let members) = params {
            for (name, value) in members { add("params.\(name)", value.canonicalText) }
        }
        for secret in stage.secrets { add("secret.\(secret.name)", secret.version) }
        for (name, value) in environment { add("env.\(name)", value) }
        for (name, value) in values { add("value.\(name)", value) }
        for input in inputs { add("input.\(input.name)", text(of: input)) }
        for output in stage.outputs { add("output.\(output.name)", "\(output.type.rawValue) \(output.path ?? "")") }
        parts += sourceParts
        return parts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private var artifacts: String? {
        let patterns = stage.definition.artifacts.map { JSONValue.string($0.pattern) }
        return patterns.isEmpty ? nil : JSONValue.array(patterns).canonicalText
    }

    /// Files of the commit count with their path, because a program sees a file's name and ending.
    private func text(of input: BoundInput) -> String {
        let items = input.items.map { item in
            switch item.content {
            case .tree(_, let base): "\(item.digest) \(base)"
            case .artifact: input.isMany ? "\(item.digest) \(item.instance ?? "")" : item.digest
            case .external: item.digest
            }
        }
        let text = "\(input.type.rawValue) \(input.isMany ? "many" : "one") " + items.joined(separator: "\n")
        return text.utf8.count > 400 ? CacheKey.sha256(text).description : text
    }
}
