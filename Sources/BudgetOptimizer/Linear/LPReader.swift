/// Reads CPLEX-LP files as HiGHS understands them, and says where a file is none.
package struct LPReader {
    private var lexer: LPLexer
    private var pending: [LPToken] = []
    var model = LPModel()
    private var hasRows = false

    static let quadratic = "quadratic terms are not supported: the program must be linear or mixed-integer"

    package static func read(_ bytes: [UInt8]) throws(TextFailure) -> LinearProblem {
        var reader = LPReader(lexer: LPLexer(bytes))
        try reader.file()
        return reader.model.problem()
    }

    private init(lexer: LPLexer) { self.lexer = lexer }

    private mutating func file() throws(TextFailure) {
        switch try takeSection() {
        case .minimise: model.sense = .minimise
        case .maximise: model.sense = .maximise
        default: throw try peek().failure("expected 'Minimize' or 'Maximize', found \(try peek().shown)")
        }
        if try peek().kind == .colon { _ = try take() }
        try objective()
        while true {
            let token = try peek()
            switch try takeSection() {
            case .rows where !hasRows:
                hasRows = true
                while try !isSection() { try row() }
            case .bounds: while try !isSection() { try bound() }
            case .integers: while try !isSection() { try model.makeInteger(listed()) }
            case .binaries: while try !isSection() { try model.makeBinary(listed()) }
            case .free: while try !isSection() { try model.makeFree(listed()) }
            case .end: return try nothingMore()
            case .rows, .minimise, .maximise: throw token.failure("a second section \(token.shown)")
            case nil:
                if case .quadratic = token.kind { throw token.failure(Self.quadratic) }
                throw token.failure(
                    "expected '+', '-' or a section (Subject To, Bounds, General, Binary, Free or End), found \(token.shown)"
                )
            }
        }
    }

    private mutating func nothingMore() throws(TextFailure) {
        guard try peek().kind == .end else { throw try peek().failure("expected nothing behind 'End'") }
    }

    private mutating func listed() throws(TextFailure) -> LPToken {
        let token = try take()
        guard case .name = token.kind else { throw token.failure("expected a variable, found \(token.shown)") }
        return token
    }

    // MARK: Tokens

    mutating func peek(_ ahead: Int = 0) throws(TextFailure) -> LPToken {
        while pending.count <= ahead { pending.append(try lexer.next()) }
        return pending[ahead]
    }

    mutating func take() throws(TextFailure) -> LPToken {
        let token = try peek()
        pending.removeFirst()
        return token
    }

    /// Takes the words that open a section; nil where none does. A name before a colon opens none, except the first
    /// word of the file.
    private mutating func takeSection() throws(TextFailure) -> LPSection? {
        guard let (section, count) = try section() else { return nil }
        for _ in 0..<count { _ = try take() }
        return section
    }

    /// The end of the file counts as one, so that loops over entries end there.
    mutating func isSection() throws(TextFailure) -> Bool {
        if try peek().kind == .end { return true }
        return try section() != nil
    }

    private mutating func section() throws(TextFailure) -> (LPSection, words: Int)? {
        let token = try peek()
        if token.kind == .end, model.hasObjective {
            throw token.failure("expected 'End', found the end of the file: it may be cut off")
        }
        guard token.isFirstOfLine, case .name(let name) = token.kind else { return nil }
        let word = name.lowercased()
        let second = try peek(1)
        if case .name(let other) = second.kind, second.line == token.line {
            switch (word, other.lowercased()) {
            case ("subject", "to"), ("such", "that"): return (.rows, 2)
            case ("general", "constraints"), ("lazy", "constraints"), ("user", "cuts"), ("multi", "objectives"):
                throw token.failure("the section '\(name) \(other)' is not supported")
            default: break
            }
        }
        if second.kind == .colon, model.hasObjective { return nil }
        if LPSection.unsupported.contains(word), second.line != token.line || second.kind == .minus {
            throw token.failure("the section '\(name)' is not supported: the program must be linear or mixed-integer")
        }
        return LPSection.named(word).map { ($0, 1) }
    }
}
