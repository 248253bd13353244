/// A regular expression without back references, matched in time proportional to pattern × text: no manifest can
/// stall a plan. The pattern becomes a nondeterministic automaton whose states advance together (Thompson, 1968).
struct LinearPattern {
    struct Unsupported: Error { let reason: String }

    indirect enum Node {
        case empty
        case one(CharacterSet)
        case begin
        case end
        case sequence([Node])
        case either([Node])
        case many(Node, least: Int, most: Int?)
    }

    /// Which characters match one place.
    struct CharacterSet {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }

    private enum State {
        case one(CharacterSet, next: Int)
        case split(Int, Int)
        case begin(next: Int)
        case end(next: Int)
        case accept
    }

    private static let maximumStates = 4000
    private var states: [State] = [.accept]
    private var start = 0

    init(_ pattern: String) throws(Unsupported) {
        var parser = LinearPatternParser(pattern)
        let root = try parser.parse()
        start = try build(root, before: 0)
    }

    /// Whether the pattern matches anywhere in the text, as JSON Schema wants it.
    func isFound(in text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current: Set<Int> = []
        for position in 0...scalars.count {
            enter(start, at: position, of: scalars.count, into: &current)
            if current.contains(0) { return true }
            guard position < scalars.count else { break }
            var next: Set<Int> = []
            for state in current {
                if case .one(let set, let target) = states[state], set.contains(scalars[position]) {
                    enter(target, at: position + 1, of: scalars.count, into: &next)
                }
            }
            current = next
        }
        return current.contains(0)
    }

    /// Adds a state and all that follow it without a character.
    private func enter(_ first: Int, at position: Int, of count: Int, into set: inout Set<Int>) {
        var waiting = [first]
        var seen: Set<Int> = []
        while let state = waiting.popLast() {
            guard !set.contains(state), seen.insert(state).inserted else { continue }
            switch states[state] {
            case .one, .accept: set.insert(state)
            case .split(let left, let right): waiting += [left, right]
            case .begin(let next): if position == 0 { waiting.append(next) }
            case .end(let next): if position == count { waiting.append(next) }
            }
        }
    }

    private mutating func add(_ state: State) throws(Unsupported) -> Int {
        guard states.count < Self.maximumStates else { throw Unsupported(reason: "it is too large") }
        states.append(state)
        return states.count - 1
    }

    /// Makes the states of a node that lead to `next`; returns its first.
    private mutating func build(_ node: Node, before next: Int) throws(Unsupported) -> Int {
        switch node {
        case .empty: return next
        case .one(let set): return try add(.one(set, next: next))
        case .begin: return try add(.begin(next: next))
        case .end: return try add(.end(next: next))
        case .sequence(let parts):
            var target = next
            for part in parts.reversed() { target = try build(part, before: target) }
            return target
        case .either(let parts):
            var target = try build(parts[parts.count - 1], before: next)
            for part in parts.dropLast().reversed() { target = try add(.split(build(part, before: next), target)) }
            return target
        case .many(let part, let least, let most): return try repeated(part, least, most, before: next)
        }
    }

    private mutating func repeated(_ part: Node, _ least: Int, _ most: Int?, before next: Int) throws(Unsupported)
        -> Int
    {
        var target = next
        if let most {
            for _ in least..<max(least, most) { target = try add(.split(build(part, before: target), next)) }
        } else {
            let loop = try add(.accept)
            states[loop] = .split(try build(part, before: loop), next)
            target = loop
        }
        for _ in 0..<least { target = try build(part, before: target) }
        return target
    }
}
