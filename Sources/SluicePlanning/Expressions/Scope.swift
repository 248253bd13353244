import SluiceModel

/// What is known where an expression or a template is evaluated.
package struct Scope: Sendable {
    /// What a look-up finds.
    package enum Finding: Sendable, Equatable {
        case value(JSONValue)
        /// It will be known later: its stage has not ended, or the choice is not made.
        case unknown
        /// There is no such thing.
        case missing
    }

    /// What a stage said.
    package struct StageFacts: Sendable, Equatable {
        package var metrics: [String: Double]
        package var outputValues: [String: JSONValue]

        package init(metrics: [String: Double] = [:], outputValues: [String: JSONValue] = [:]) {
            self.metrics = metrics
            self.outputValues = outputValues
        }
    }

    package var params: JSONValue
    package var matrix: [String: JSONValue]
    package var commit: String
    /// nil where the commit was named by its oid: reads as the empty string.
    package var reference: String?
    package var isTrusted: Bool
    /// nil: not chosen yet.
    package var isDegraded: Bool?
    package var changed: ChangedPaths
    /// Shares of accounts that are left, by their names; nil: nobody has looked.
    package var budgetLeft: [String: Double]?
    /// Stages that have ended; one that is not here is not known yet.
    package var stages: [String: StageFacts]
    /// Absolute paths by the names of inputs; several where the input is a list.
    package var inputs: [String: InputPaths]
    package var outputs: [String: String]

    package enum InputPaths: Sendable, Equatable {
        case one(String)
        case many([String])
    }

    package init(
        params: JSONValue = .emptyObject, matrix: [String: JSONValue] = [:], commit: String = "",
        reference: String? = nil, isTrusted: Bool = false, isDegraded: Bool? = nil,
        changed: ChangedPaths = .everything, budgetLeft: [String: Double]? = nil,
        stages: [String: StageFacts] = [:],
        inputs: [String: InputPaths] = [:], outputs: [String: String] = [:]
    ) {
        self.params = params
        self.matrix = matrix
        self.commit = commit
        self.reference = reference
        self.isTrusted = isTrusted
        self.isDegraded = isDegraded
        self.changed = changed
        self.budgetLeft = budgetLeft
        self.stages = stages
        self.inputs = inputs
        self.outputs = outputs
    }

    package func find(_ name: Name) -> Finding {
        switch name {
        case .param(let path): Self.descend(path, into: params)
        case .matrix(let axis): Self.finding(matrix[axis])
        case .commit: .value(.string(commit))
        case .reference: .value(.string(reference ?? ""))
        case .trusted: .value(.bool(isTrusted))
        case .degraded: isDegraded.map { .value(.bool($0)) } ?? .unknown
        case .stageOutput(let stage, let path):
            stages[stage].map { Self.descend(path, into: .object($0.outputValues)) } ?? .unknown
        case .stageMetric(let stage, let metric):
            stages[stage].map { Self.finding($0.metrics[metric].map(JSONValue.number)) } ?? .unknown
        case .input(let name): Self.finding(inputs[name].map(\.value))
        case .output(let name): Self.finding(outputs[name].map(JSONValue.string))
        }
    }

    private static func finding(_ value: JSONValue?) -> Finding { value.map { .value($0) } ?? .missing }

    private static func descend(_ path: [String], into value: JSONValue) -> Finding {
        var current = value
        for key in path {
            guard let next = current[key] else { return .missing }
            current = next
        }
        return .value(current)
    }
}

extension Scope.InputPaths {
    /// A path, or the list of paths.
    var value: JSONValue {
        switch self {
        case .one(let path): .string(path)
        case .many(let paths): .array(paths.map(JSONValue.string))
        }
    }
}
