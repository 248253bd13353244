/// A path or branch pattern: `*` and `?` stop at `/`, `**` does not, everything else stands for itself.
/// `**/` also matches nothing, so `data/**/x.csv` holds `data/x.csv`.
package struct Glob: Hashable, Sendable, Codable {
    package let pattern: String

    package init(_ pattern: String) { self.pattern = pattern }

    /// Whether the pattern can match nothing but its own text.
    package var isLiteral: Bool { !pattern.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } }

    package func matches(_ path: String) -> Bool {
        if isLiteral { return pattern == path }
        return Matcher(tokens: Self.tokens(of: Array(pattern.utf8))).accepts(Array(path.utf8))
    }

    fileprivate enum Token: Equatable {
        case byte(UInt8)
        case one
        /// `*`
        case segment
        /// `**`
        case anything
        /// `**/`: nothing, or anything that ends at a slash.
        case folders

        var isStar: Bool { self == .segment || self == .anything || self == .folders }
    }

    private static func tokens(of bytes: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "?"): tokens.append(.one)
            case UInt8(ascii: "*") where rest.first == UInt8(ascii: "*"):
                while rest.first == UInt8(ascii: "*") { rest.removeFirst() }
                let isRepeated = tokens.last == .folders
                let startsFolder = tokens.isEmpty || isRepeated || tokens.last == .byte(UInt8(ascii: "/"))
                if startsFolder, rest.first == UInt8(ascii: "/") {
                    rest.removeFirst()
                    if !isRepeated { tokens.append(.folders) }
                } else {
                    tokens.append(.anything)
                }
            case UInt8(ascii: "*"): tokens.append(.segment)
            default: tokens.append(.byte(byte))
            }
        }
        return tokens
    }
}

/// Simulates the pattern as a nondeterministic automaton (Thompson, 1968) over the list of its states that are alive. A
/// star that is reached can stand for whatever the states before it would still read, unless that is a slash that it does
/// not read: they are dropped, so that a hostile pattern cannot stall a hook.
private struct Matcher {
    private let tokens: [Glob.Token]
    /// By star: the first of the states before it that it stands for.
    private let covered: [Int]

    init(tokens: [Glob.Token]) {
        self.tokens = tokens
        var behindSlash = 0
        var covered: [Int] = []
        for (index, token) in tokens.enumerated() {
            covered.append(token == .segment ? behindSlash : 0)
            switch token {
            case .byte(UInt8(ascii: "/")), .anything, .folders: behindSlash = index + 1
            case .byte, .one, .segment: break
            }
        }
        self.covered = covered
    }

    func accepts(_ path: [UInt8]) -> Bool {
        var alive: [Int] = []
        enter(0, in: &alive)
        for byte in path {
            var next: [Int] = []
            for state in alive where state < tokens.count { step(from: state, over: byte, into: &next) }
            if next.isEmpty { return false }
            alive = next
        }
        return alive.last == tokens.count
    }

    private func step(from state: Int, over byte: UInt8, into next: inout [Int]) {
        let isSlash = byte == UInt8(ascii: "/")
        switch tokens[state] {
        case .byte(let wanted): if byte == wanted { enter(state + 1, in: &next) }
        case .one: if !isSlash { enter(state + 1, in: &next) }
        case .segment: if !isSlash { enter(state, in: &next) }
        case .anything: enter(state, in: &next)
        case .folders:
            keep(state, in: &next)
            if isSlash { enter(state + 1, in: &next) }
        }
    }

    /// Adds a state and those that follow it without reading a byte.
    private func enter(_ first: Int, in states: inout [Int]) {
        var state = first
        while state < tokens.count {
            keep(state, in: &states)
            switch tokens[state] {
            case .segment, .anything, .folders: state += 1
            case .byte, .one: return
            }
        }
        keep(state, in: &states)
    }

    /// States come in their order, with all that follow each, so one before the last is there already or stood for.
    private func keep(_ state: Int, in states: inout [Int]) {
        guard state > states.last ?? -1 else { return }
        if state < tokens.count, tokens[state].isStar {
            while let last = states.last, last >= covered[state] { states.removeLast() }
        }
        states.append(state)
    }
}
