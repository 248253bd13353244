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
    }

    private static func tokens(of bytes: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "?"): tokens.append(.one)
            case UInt8(ascii: "*") where rest.first == UInt8(ascii: "*"):
                while rest.first == UInt8(ascii: "*") { rest.removeFirst() }
                let startsFolder = tokens.isEmpty || tokens.last == .byte(UInt8(ascii: "/"))
                if startsFolder, rest.first == UInt8(ascii: "/") {
                    rest.removeFirst()
                    tokens.append(.folders)
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

/// Simulates the pattern as a nondeterministic automaton (Thompson, 1968): time is tokens × bytes for any
/// pattern, so a hostile one cannot stall a hook.
private struct Matcher {
    let tokens: [Glob.Token]

    func accepts(_ path: [UInt8]) -> Bool {
        var states = [Bool](repeating: false, count: tokens.count + 1)
        enter(0, in: &states)
        for byte in path {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for state in tokens.indices where states[state] { step(from: state, over: byte, into: &next) }
            states = next
        }
        return states[tokens.count]
    }

    private func step(from state: Int, over byte: UInt8, into next: inout [Bool]) {
        let isSlash = byte == UInt8(ascii: "/")
        switch tokens[state] {
        case .byte(let wanted): if byte == wanted { enter(state + 1, in: &next) }
        case .one: if !isSlash { enter(state + 1, in: &next) }
        case .segment: if !isSlash { enter(state, in: &next) }
        case .anything: enter(state, in: &next)
        case .folders:
            next[state] = true
            if isSlash { enter(state + 1, in: &next) }
        }
    }

    /// Marks a state and those that follow it without reading a byte.
    private func enter(_ first: Int, in states: inout [Bool]) {
        var state = first
        while state < tokens.count {
            states[state] = true
            switch tokens[state] {
            case .segment, .anything, .folders: state += 1
            case .byte, .one: return
            }
        }
        states[tokens.count] = true
    }
}
