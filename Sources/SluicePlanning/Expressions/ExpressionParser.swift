import SluiceModel

/// Recursive descent over the tokens; nesting is limited, so that no text exhausts the stack.
///
///     or      = and { "||" and }          operand = literal | name | call | list | "(" or ")" | "!" operand
///     and     = compare { "&&" compare }  compare = operand [ ( == != < <= > >= in ) operand ]
struct ExpressionParser {
    private static let maximumDepth = 64

    private(set) var names: [NameUse] = []
    private var lexer: ExpressionLexer
    private var token: ExpressionToken
    private var depth = 0

    init(_ text: String) throws(ExpressionError) {
        lexer = ExpressionLexer(Array(text)[...])
        token = try lexer.next()
    }

    mutating func parseAll() throws(ExpressionError) -> Expression.Node {
        if token.kind == .end { throw ExpressionError("the expression is empty", at: token.offset) }
        let root = try disjunction()
        guard token.kind == .end else { throw unexpected() }
        return root
    }

    private mutating func advance() throws(ExpressionError) { token = try lexer.next() }

    private mutating func accept(_ symbol: String) throws(ExpressionError) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard try accept(symbol) else { throw ExpressionError("`\(symbol)` is missing here", at: token.offset) }
    }

    private func unexpected() -> ExpressionError {
        switch token.kind {
        case .end: return ExpressionError("the expression ends too early", at: token.offset)
        case .symbol(let symbol):
            let isChain = Expression.Comparison(rawValue: symbol) != nil || symbol == "in"
            let hint = isChain ? "comparisons cannot be chained: join two with `&&`" : nil
            return ExpressionError("`\(symbol)` does not belong here", at: token.offset, hint: hint)
        case .name(let segments):
            let words = ["and": "&&", "or": "||", "not": "!"]
            let name = segments.joined(separator: ".")
            return ExpressionError(
                "`\(name)` does not belong here", at: token.offset, hint: words[name].map { "write `\($0)`" })
        case .literal: return ExpressionError("a value does not belong here", at: token.offset)
        }
    }

    private mutating func disjunction() throws(ExpressionError) -> Expression.Node {
        let first = try conjunction()
        var members = [first]
        while try accept("||") { members.append(try conjunction()) }
        return members.count == 1 ? first : .init(kind: .any(members), offset: first.offset)
    }

    private mutating func conjunction() throws(ExpressionError) -> Expression.Node {
        let first = try comparison()
        var members = [first]
        while try accept("&&") { members.append(try comparison()) }
        return members.count == 1 ? first : .init(kind: .all(members), offset: first.offset)
    }

    private mutating func comparison() throws(ExpressionError) -> Expression.Node {
        let left = try operand()
        guard case .symbol(let symbol) = token.kind else { return left }
        if try accept("in") { return .init(kind: .contains(left, list: try operand()), offset: left.offset) }
        guard let comparison = Expression.Comparison(rawValue: symbol) else { return left }
        try advance()
        return .init(kind: .comparison(comparison, left, try operand()), offset: left.offset)
    }

    private mutating func operand() throws(ExpressionError) -> Expression.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw ExpressionError("the expression is nested too deeply", at: token.offset)
        }
        let start = token.offset
        switch token.kind {
        case .literal(let value):
            try advance()
            return .init(kind: .literal(value), offset: start)
        case .name(let segments): return try name(segments, at: start)
        case .symbol("!"):
            try advance()
            return .init(kind: .not(try operand()), offset: start)
        case .symbol("("):
            try advance()
            let inner = try disjunction()
            try expect(")")
            return inner
        case .symbol("["):
            try advance()
            return .init(kind: .list(try members(until: "]")), offset: start)
        case .symbol, .end: throw unexpected()
        }
    }

    private mutating func members(until end: String) throws(ExpressionError) -> [Expression.Node] {
        var members: [Expression.Node] = []
        while token.kind != .symbol(end) {
            members.append(try disjunction())
            if token.kind != .symbol(end) { try expect(",") }
        }
        try advance()
        return members
    }

    private mutating func name(_ segments: [String], at start: Int) throws(ExpressionError) -> Expression.Node {
        try advance()
        if try accept("(") { return .init(kind: try call(segments, at: start), offset: start) }
        if segments == ["not"] { throw ExpressionError("`not` does not belong here", at: start, hint: "write `!`") }
        let name = try Name(segments: segments, offset: start)
        switch name {
        case .input, .output:
            throw ExpressionError("`\(name)` is a path of a running stage: no condition can read it", at: start)
        default: break
        }
        names.append(NameUse(name: name, offset: start))
        return .init(kind: .name(name), offset: start)
    }

    private mutating func call(_ segments: [String], at start: Int) throws(ExpressionError) -> Expression.Kind {
        let function = segments.joined(separator: ".")
        let arity = ["startsWith": 2, "matches": 2, "changed": 1, "budget.left": 1]
        guard let wanted = arity[function] else {
            throw ExpressionError(
                "unknown function `\(function)`", at: start,
                hint: "there are startsWith, matches, changed and budget.left")
        }
        let arguments = try members(until: ")")
        guard arguments.count == wanted else {
            throw ExpressionError("`\(function)` takes \(wanted) values, not \(arguments.count)", at: start)
        }
        switch function {
        case "startsWith": return .startsWith(arguments[0], arguments[1])
        case "matches": return .matches(arguments[0], arguments[1])
        case "changed": return .changed(Glob(try literal(arguments[0], of: function)))
        default: return .budgetLeft(try literal(arguments[0], of: function))
        }
    }

    private func literal(_ node: Expression.Node, of function: String) throws(ExpressionError) -> String {
        guard case .literal(.string(let text)) = node.kind else {
            throw ExpressionError("`\(function)` takes a string that is written here", at: node.offset)
        }
        return text
    }
}
