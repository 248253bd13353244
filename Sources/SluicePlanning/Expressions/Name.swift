/// What an expression or a `${…}` can name.
package enum Name: Hashable, Sendable {
    /// `params.a.b`
    case param([String])
    /// `matrix.model`
    case matrix(String)
    /// `inputs.NAME`, a path
    case input(String)
    /// `outputs.NAME`, a path
    case output(String)
    /// `commit.oid`
    case commit
    case reference
    case trusted
    /// `plan.degraded`
    case degraded
    /// `stages.X.outputs.NAME`, with the keys below where the value is an object
    case stageOutput(stage: String, path: [String])
    /// `stages.X.metrics.NAME`
    case stageMetric(stage: String, metric: String)

    /// The stage whose results are read.
    package var stage: String? {
        switch self {
        case .stageOutput(let stage, _), .stageMetric(let stage, _): stage
        default: nil
        }
    }
}

extension Name: CustomStringConvertible {
    /// As it is written.
    package var description: String {
        switch self {
        case .param(let path): "params." + path.joined(separator: ".")
        case .matrix(let axis): "matrix." + axis
        case .input(let name): "inputs." + name
        case .output(let name): "outputs." + name
        case .commit: "commit.oid"
        case .reference: "reference"
        case .trusted: "trusted"
        case .degraded: "plan.degraded"
        case .stageOutput(let stage, let path): "stages.\(stage).outputs." + path.joined(separator: ".")
        case .stageMetric(let stage, let metric): "stages.\(stage).metrics.\(metric)"
        }
    }
}

/// A name where it is used: `offset` counts characters from the beginning of the text.
package struct NameUse: Hashable, Sendable {
    package var name: Name
    package var offset: Int

    package init(name: Name, offset: Int) {
        self.name = name
        self.offset = offset
    }
}

/// A text that is no expression or no template: what is wrong and where, in characters from its beginning.
package struct ExpressionError: Error, Sendable, Hashable {
    package var message: String
    package var offset: Int
    package var hint: String?

    package init(_ message: String, at offset: Int, hint: String? = nil) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }
}
