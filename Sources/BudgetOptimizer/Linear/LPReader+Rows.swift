/// Objective, rows and bounds of a CPLEX-LP file.
extension LPReader {
    /// A sum of terms, in the order in which they stand.
    private struct Expression {
        var terms: [(name: LPToken, value: Double)] = []
        var constant = 0.0
        var start: LPToken
    }

    // MARK: Objective and rows

    mutating func objective() throws(TextFailure) {
        model.hasObjective = true
        _ = try label()
        guard try !isSection() else { return }
        let sum = try expression()
        model.offset = sum.constant
        for term in sum.terms { try model.addCost(term.value, term.name) }
    }

    /// `name: 2 x + y <= 3`, `-1 <= x + y <= 4`
    mutating func row() throws(TextFailure) {
        let name = try label()
        let first = try expression()
        let relation = try relation()
        guard first.terms.isEmpty else {
            let right = try number("a number on the right: every variable belongs to the left") - first.constant
            try endOfRow(relation)
            return try model.addRow(name, first.terms, at: first.start, bounds: Self.span(relation, right))
        }
        let middle = try expression()
        guard !middle.terms.isEmpty else { throw middle.start.failure("expected a variable in the row") }
        var bounds = Self.span(Self.flipped(relation), first.constant - middle.constant)
        if try isRelation() {
            let second = try self.relation()
            guard second.kind == relation.kind, relation.kind != .equal else {
                throw second.failure("expected \(relation.shown) again: a range is written 'low <= sum <= high'")
            }
            let other = Self.span(second, try number("a number") - middle.constant)
            bounds = (max(bounds.lower, other.lower), min(bounds.upper, other.upper))
        }
        try endOfRow(relation)
        try model.addRow(name, middle.terms, at: middle.start, bounds: bounds)
    }

    private mutating func endOfRow(_ relation: LPToken) throws(TextFailure) {
        let next = try peek()
        if next.kind == .arrow { throw next.failure("indicator constraints are not supported") }
        if next.isFirstOfLine || next.kind == .end { return }
        if case .name = next.kind, try peek(1).kind == .colon { return }
        throw next.failure(
            "expected the end of the row, found \(next.shown): variables belong left of \(relation.shown)")
    }

    private mutating func label() throws(TextFailure) -> LPToken? {
        guard case .name = try peek().kind, try peek(1).kind == .colon else { return nil }
        let name = try take()
        _ = try take()
        return name
    }

    // MARK: Sums

    private mutating func expression() throws(TextFailure) -> Expression {
        var sum = Expression(start: try peek())
        var isFirst = true
        while true {
            var sign = 1.0
            var hasSign = false
            while try isSign() {
                if try take().kind == .minus { sign = -sign }
                hasSign = true
            }
            guard isFirst || hasSign else { return sum }
            try term(sign, &sum)
            isFirst = false
        }
    }

    /// `3`, `x`, `3 x` or `3 * x`
    private mutating func term(_ sign: Double, _ sum: inout Expression) throws(TextFailure) {
        let token = try peek()
        if case .number(let value) = token.kind {
            _ = try take()
            if try peek().kind == .quadratic("*"), case .name = try peek(1).kind { _ = try take() }
            if case .name = try peek().kind, try !isSection(), try peek(1).kind != .colon {
                return sum.terms.append((try take(), sign * value))
            }
            sum.constant += sign * value
        } else if case .name(let name) = token.kind, try !isSection() {
            _ = try take()
            if let infinity = LPModel.infinity(name) {
                sum.constant += sign * infinity
            } else {
                sum.terms.append((token, sign))
            }
        } else if case .quadratic = token.kind {
            throw token.failure(Self.quadratic)
        } else {
            throw token.failure("expected a number or a variable, found \(token.shown)")
        }
        if case .quadratic = try peek().kind {
            throw try peek().failure(Self.quadratic)
        }
    }

    // MARK: Bounds

    /// `x <= 4`, `1 <= x <= 4`, `x = 3`, `x free`
    mutating func bound() throws(TextFailure) {
        var low: (relation: LPToken, value: Double)?
        if case .name(let name) = try peek().kind, LPModel.infinity(name) == nil {
            // A variable comes first.
        } else {
            let value = try number("a variable or a number")
            low = (try relation(), value)
        }
        let name = try take()
        guard case .name = name.kind else { throw name.failure("expected a variable, found \(name.shown)") }
        if let low { try model.setBound(name, Self.flipped(low.relation).kind, low.value) }
        if try isRelation() {
            let relation = try relation()
            try model.setBound(name, relation.kind, try number("a number"))
        } else if low == nil {
            let word = try take()
            guard case .name(let text) = word.kind, text.lowercased() == "free" else {
                throw word.failure("expected '<=', '>=', '=' or 'free' behind \(name.shown), found \(word.shown)")
            }
            try model.makeFree(name)
        }
    }

    // MARK: Parts

    private mutating func isSign() throws(TextFailure) -> Bool { [.plus, .minus].contains(try peek().kind) }

    private mutating func isRelation() throws(TextFailure) -> Bool {
        [.less, .greater, .equal].contains(try peek().kind)
    }

    private mutating func relation() throws(TextFailure) -> LPToken {
        let token = try take()
        if [.less, .greater, .equal].contains(token.kind) { return token }
        if case .quadratic = token.kind { throw token.failure(Self.quadratic) }
        throw token.failure("expected '+', '-', '<=', '>=' or '=', found \(token.shown)")
    }

    private mutating func number(_ what: String) throws(TextFailure) -> Double {
        var sign = 1.0
        while try isSign() {
            if try take().kind == .minus { sign = -sign }
        }
        let token = try take()
        switch token.kind {
        case .number(let value): return sign * (value >= DecimalNumber.infinity ? .infinity : value)
        case .name(let name):
            if let infinity = LPModel.infinity(name) { return sign * infinity }
        default: break
        }
        throw token.failure("expected \(what), found \(token.shown)")
    }

    private static func flipped(_ relation: LPToken) -> LPToken {
        var flipped = relation
        if relation.kind == .less { flipped.kind = .greater }
        if relation.kind == .greater { flipped.kind = .less }
        return flipped
    }

    /// What `something relation value` allows.
    private static func span(_ relation: LPToken, _ value: Double) -> (lower: Double, upper: Double) {
        switch relation.kind {
        case .less: (-.infinity, value)
        case .greater: (value, .infinity)
        default: (value, value)
        }
    }
}
