import SluiceModel

extension Expression {
    /// The type of a value as far as it is known before anything runs.
    package enum ValueType: String, Sendable, Equatable {
        case boolean, number, string, list, object, null
        /// Known to nobody yet: an output value of a stage.
        case any

        package init(_ value: JSONValue) {
            switch value {
            case .null: self = .null
            case .bool: self = .boolean
            case .integer, .number: self = .number
            case .string: self = .string
            case .array: self = .list
            case .object: self = .object
            }
        }

        /// "a number"
        var phrase: String { self == .object ? "an object" : self == .any ? "any value" : "a " + rawValue }

        func fits(_ other: ValueType) -> Bool { self == .any || other == .any || self == other }
    }

    /// Everything that can never be right, whatever the stages will say. Params and matrix cells have the types of
    /// their values in `scope`; metrics are numbers.
    package func typeErrors(in scope: Scope) -> [ExpressionError] {
        var checker = TypeChecker(scope: scope)
        checker.require(root, .boolean, "a condition wants a boolean")
        return checker.errors
    }
}

private struct TypeChecker {
    let scope: Scope
    var errors: [ExpressionError] = []

    mutating func require(_ node: Expression.Node, _ wanted: Expression.ValueType, _ reason: String) {
        let found = type(of: node)
        if found.fits(wanted) { return }
        errors.append(ExpressionError("\(reason), this is \(found.phrase)", at: node.offset))
    }

    mutating func type(of node: Expression.Node) -> Expression.ValueType {
        switch node.kind {
        case .literal(let value): return .init(value)
        case .name(let name): return type(of: name)
        case .list(let nodes):
            for node in nodes { _ = type(of: node) }
            return .list
        case .budgetLeft: return .number
        case .changed: return .boolean
        case .not(let inner): require(inner, .boolean, "`!` wants a boolean")
        case .all(let nodes): for node in nodes { require(node, .boolean, "`&&` wants booleans") }
        case .any(let nodes): for node in nodes { require(node, .boolean, "`||` wants booleans") }
        case .comparison(let comparison, let left, let right): check(comparison, left, right, at: node.offset)
        case .contains(let element, let list): check(element, in: list)
        case .startsWith(let text, let prefix): requireStrings([text, prefix], "`startsWith` wants strings")
        case .matches(let text, let glob): requireStrings([text, glob], "`matches` wants strings")
        }
        return .boolean
    }

    private func type(of name: Name) -> Expression.ValueType {
        switch name {
        case .commit, .reference, .input, .output: return .string
        case .trusted, .degraded: return .boolean
        case .stageMetric: return .number
        case .stageOutput: return .any
        case .param, .matrix:
            guard case .value(let value) = scope.find(name) else { return .any }
            return .init(value)
        }
    }

    private mutating func requireStrings(_ nodes: [Expression.Node], _ reason: String) {
        for node in nodes { require(node, .string, reason) }
    }

    private mutating func check(
        _ comparison: Expression.Comparison, _ left: Expression.Node, _ right: Expression.Node, at offset: Int
    ) {
        let (first, second) = (type(of: left), type(of: right))
        let orderable: Set<Expression.ValueType> = [.number, .string, .any]
        if comparison.isOrder, let odd = [first, second].first(where: { !orderable.contains($0) }) {
            let reason = "`\(comparison.rawValue)` compares numbers or strings, not \(odd.phrase)"
            errors.append(ExpressionError(reason, at: offset))
        } else if !first.fits(second), comparison.isOrder || (first != .null && second != .null) {
            errors.append(ExpressionError("\(first.phrase) is compared with \(second.phrase)", at: offset))
        }
    }

    private mutating func check(_ element: Expression.Node, in list: Expression.Node) {
        let wanted = type(of: element)
        require(list, .list, "`in` wants a list on its right")
        guard case .list(let nodes) = list.kind else { return }
        for node in nodes {
            let found = type(of: node)
            if found.fits(wanted) { continue }
            errors.append(ExpressionError("\(wanted.phrase) is compared with \(found.phrase)", at: node.offset))
        }
    }
}
