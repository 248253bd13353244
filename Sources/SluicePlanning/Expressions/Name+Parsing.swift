extension Name {
    private static let roots = [
        "params", "matrix", "inputs", "outputs", "commit", "reference", "trusted", "plan", "stages",
    ]

    /// The meaning of a dotted name. `offset` is where it stands, for the error.
    init(segments: [String], offset: Int) throws(ExpressionError) {
        let rest = Array(segments.dropFirst())
        switch (segments.first ?? "", rest.count) {
        case ("params", 1...): self = .param(rest)
        case ("matrix", 1): self = .matrix(rest[0])
        case ("inputs", 1): self = .input(rest[0])
        case ("outputs", 1): self = .output(rest[0])
        case ("commit", 1) where rest[0] == "oid": self = .commit
        case ("reference", 0): self = .reference
        case ("trusted", 0): self = .trusted
        case ("plan", 1) where rest[0] == "degraded": self = .degraded
        case ("stages", 3...) where rest[1] == "outputs":
            self = .stageOutput(stage: rest[0], path: Array(rest.dropFirst(2)))
        case ("stages", 3...) where rest[1] == "metrics":
            self = .stageMetric(stage: rest[0], metric: rest.dropFirst(2).joined(separator: "."))
        default: throw Self.unknown(segments, at: offset)
        }
    }

    private static func unknown(_ segments: [String], at offset: Int) -> ExpressionError {
        let text = segments.joined(separator: ".")
        let root = segments.first ?? ""
        if let form = forms[root] { return ExpressionError("`\(text)` is no name here", at: offset, hint: form) }
        let hint =
            NearestName.nearest(to: root, of: roots).map { "did you mean `\($0)`?" }
            ?? "names begin with " + roots.joined(separator: ", ")
        return ExpressionError("unknown name `\(text)`", at: offset, hint: hint)
    }

    /// How the names below a root look.
    private static let forms = [
        "params": "write `params.NAME`",
        "matrix": "write `matrix.AXIS`",
        "inputs": "write `inputs.NAME`",
        "outputs": "write `outputs.NAME`",
        "commit": "write `commit.oid`",
        "reference": "`reference` is a string, nothing lies below it",
        "trusted": "`trusted` is a boolean, nothing lies below it",
        "plan": "write `plan.degraded`",
        "stages": "write `stages.STAGE.outputs.NAME` or `stages.STAGE.metrics.NAME`",
    ]
}
