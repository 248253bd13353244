import SluiceModel

extension Expression {
    /// Whether the condition holds; nil while that depends on what is not known yet.
    ///
    /// Strong three-valued logic (Kleene, 1952): `false && unknown` is false, `true || unknown` is true. What is
    /// missing reads as `null`; an order between values that have none is false.
    package func holds(in scope: Scope) -> Bool? {
        let value = root.value(in: scope)
        guard case .value(let known) = value else { return nil }
        return known == .bool(true)
    }
}

extension Expression.Node {
    /// A value, or that it is not known yet.
    fileprivate enum Known {
        case value(JSONValue)
        case unknown

        init(_ truth: Bool?) { self = truth.map { .value(.bool($0)) } ?? .unknown }
    }

    fileprivate func value(in scope: Scope) -> Known {
        switch kind {
        case .literal(let value): .value(value)
        case .name(let name): Self.value(of: name, in: scope)
        case .list(let nodes): Self.list(nodes, in: scope)
        case .not(let node): Known(node.truth(in: scope).map { !$0 })
        case .all(let nodes): Known(Self.all(nodes, are: true, in: scope))
        case .any(let nodes): Known(Self.all(nodes, are: false, in: scope).map { !$0 })
        case .comparison(let comparison, let left, let right):
            Self.both(left, right, in: scope) { comparison.holds($0, $1) }
        case .contains(let element, let list): Self.contains(element, list, in: scope)
        case .startsWith(let text, let prefix):
            Self.strings(text, prefix, in: scope) { $0.utf8.starts(with: $1.utf8) }
        case .matches(let text, let glob): Self.strings(text, glob, in: scope) { Glob($1).matches($0) }
        case .changed(let glob): .value(.bool(scope.changed.holds(glob)))
        case .budgetLeft(let account):
            scope.budgetLeft.map { .value($0[account].map(JSONValue.number) ?? .null) } ?? .unknown
        }
    }

    private func truth(in scope: Scope) -> Bool? {
        guard case .value(let value) = value(in: scope) else { return nil }
        return value == .bool(true)
    }

    /// Whether all are `wanted`: false as soon as one is known not to be, else nil as soon as one is not known.
    private static func all(_ nodes: [Expression.Node], are wanted: Bool, in scope: Scope) -> Bool? {
        var isUnknown = false
        for node in nodes {
            switch node.truth(in: scope) {
            case wanted?: continue
            case .some: return false
            case nil: isUnknown = true
            }
        }
        return isUnknown ? nil : true
    }

    private static func value(of name: Name, in scope: Scope) -> Known {
        switch scope.find(name) {
        case .value(let value): .value(value)
        case .unknown: .unknown
        case .missing: .value(.null)
        }
    }

    private static func list(_ nodes: [Expression.Node], in scope: Scope) -> Known {
        var values: [JSONValue] = []
        for node in nodes {
            guard case .value(let value) = node.value(in: scope) else { return .unknown }
            values.append(value)
        }
        return .value(.array(values))
    }

    /// A member that is known to be equal decides, whatever the others turn out to be.
    private static func contains(_ element: Expression.Node, _ list: Expression.Node, in scope: Scope) -> Known {
        guard case .value(let wanted) = element.value(in: scope) else { return .unknown }
        guard case .list(let nodes) = list.kind else {
            guard case .value(.array(let values)) = list.value(in: scope) else {
                if case .unknown = list.value(in: scope) { return .unknown }
                return .value(.bool(false))
            }
            return .value(.bool(values.contains { Expression.Comparison.equal.holds($0, wanted) }))
        }
        var isUnknown = false
        for node in nodes {
            guard case .value(let value) = node.value(in: scope) else {
                isUnknown = true
                continue
            }
            if Expression.Comparison.equal.holds(value, wanted) { return .value(.bool(true)) }
        }
        return isUnknown ? .unknown : .value(.bool(false))
    }

    private static func both(
        _ left: Expression.Node, _ right: Expression.Node, in scope: Scope, _ test: (JSONValue, JSONValue) -> Bool
    ) -> Known {
        guard case .value(let first) = left.value(in: scope), case .value(let second) = right.value(in: scope) else {
            return .unknown
        }
        return .value(.bool(test(first, second)))
    }

    private static func strings(
        _ left: Expression.Node, _ right: Expression.Node, in scope: Scope, _ test: (String, String) -> Bool
    ) -> Known {
        both(left, right, in: scope) { first, second in
            guard let text = first.stringValue, let pattern = second.stringValue else { return false }
            return test(text, pattern)
        }
    }
}

extension Expression.Comparison {
    /// Numbers compare as numbers whatever their form, strings by their UTF-8 bytes.
    package func holds(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch self {
        case .equal: Self.areEqual(left, right)
        case .notEqual: !Self.areEqual(left, right)
        case .less: Self.precedes(left, right)
        case .greater: Self.precedes(right, left)
        case .atMost: Self.precedes(left, right) || (Self.haveOrder(left, right) && Self.areEqual(left, right))
        case .atLeast: Self.precedes(right, left) || (Self.haveOrder(left, right) && Self.areEqual(left, right))
        }
    }

    private static func areEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.integer, .number), (.number, .integer): left.doubleValue == right.doubleValue
        case (.string(let first), .string(let second)): first.utf8.elementsEqual(second.utf8)
        default: left == right
        }
    }

    private static func haveOrder(_ left: JSONValue, _ right: JSONValue) -> Bool {
        (left.doubleValue != nil && right.doubleValue != nil) || (left.stringValue != nil && right.stringValue != nil)
    }

    private static func precedes(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if case .integer(let first) = left, case .integer(let second) = right { return first < second }
        if let first = left.doubleValue, let second = right.doubleValue { return first < second }
        guard let first = left.stringValue, let second = right.stringValue else { return false }
        return first.utf8.lexicographicallyPrecedes(second.utf8)
    }
}

extension ChangedPaths {
    /// Whether a path that matches differs; where nothing can be compared everything does.
    package func holds(_ glob: Glob) -> Bool {
        switch self {
        case .everything: true
        case .paths(let paths): paths.contains { glob.matches($0) }
        }
    }
}
