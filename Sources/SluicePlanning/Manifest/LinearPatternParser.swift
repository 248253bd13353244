/// Reads the text of a pattern.
struct LinearPatternParser {
    typealias Node = LinearPattern.Node
    typealias CharacterSet = LinearPattern.CharacterSet
    typealias Unsupported = LinearPattern.Unsupported

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

    mutating func parse() throws(Unsupported) -> Node {
        let node = try alternatives()
        guard position == text.count else { throw Unsupported(reason: "`)` closes nothing") }
        return node
    }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take() throws(Unsupported) -> Unicode.Scalar {
        guard let scalar = next else { throw Unsupported(reason: "it ends too early") }
        position += 1
        return scalar
    }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func alternatives() throws(Unsupported) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 32 else { throw Unsupported(reason: "groups are nested too deeply") }
        var parts = [try sequence()]
        while accept("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .either(parts)
    }

    private mutating func sequence() throws(Unsupported) -> Node {
        var parts: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repetition(of: atom())) }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func atom() throws(Unsupported) -> Node {
        let scalar = try take()
        switch scalar {
        case "^": return .begin
        case "$": return .end
        case ".": return .one(CharacterSet(ranges: [10...10], isNegated: true))
        case "[": return .one(try characterClass())
        case "\\": return .one(try escape())
        case "(": return try group()
        case "*", "+", "?", "{": throw Unsupported(reason: "`\(scalar)` repeats nothing")
        default: return .one(CharacterSet(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func group() throws(Unsupported) -> Node {
        if accept("?"), !accept(":") { throw Unsupported(reason: "look-around and named groups are not matched") }
        let node = try alternatives()
        guard accept(")") else { throw Unsupported(reason: "a group is not closed") }
        return node
    }

    private mutating func repetition(of atom: Node) throws(Unsupported) -> Node {
        var node = atom
        switch next {
        case "*": node = .many(atom, least: 0, most: nil)
        case "+": node = .many(atom, least: 1, most: nil)
        case "?": node = .many(atom, least: 0, most: 1)
        case "{":
            position += 1
            return try counted(atom)
        default: return atom
        }
        position += 1
        if next == "?" || next == "+" { throw Unsupported(reason: "lazy and possessive repetition is not matched") }
        return node
    }

    private mutating func counted(_ atom: Node) throws(Unsupported) -> Node {
        let least = try number()
        var most: Int? = least
        if accept(",") { most = next == "}" ? nil : try number() }
        guard accept("}"), most.map({ $0 >= least }) ?? true else { throw Unsupported(reason: "a bad `{n,m}`") }
        return .many(atom, least: least, most: most)
    }

    private mutating func number() throws(Unsupported) -> Int {
        var value = 0
        var hasDigits = false
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = value * 10 + Int(scalar.value - 48)
            position += 1
            hasDigits = true
            guard value <= 1000 else { throw Unsupported(reason: "a repetition over 1000") }
        }
        guard hasDigits else { throw Unsupported(reason: "a bad `{n,m}`") }
        return value
    }

    private mutating func characterClass() throws(Unsupported) -> CharacterSet {
        var set = CharacterSet(ranges: [], isNegated: accept("^"))
        while !accept("]") {
            let first = try classMember()
            guard first.ranges.count == 1, first.ranges[0].count == 1, next == "-",
                position + 1 < text.count, text[position + 1] != "]"
            else {
                set.ranges += first.ranges
                continue
            }
            position += 1
            let last = try classMember()
            let low = first.ranges[0].lowerBound
            guard last.ranges.count == 1, last.ranges[0].count == 1, last.ranges[0].lowerBound >= low else {
                throw Unsupported(reason: "a bad range in `[ ]`")
            }
            set.ranges.append(low...last.ranges[0].lowerBound)
        }
        return set
    }

    private mutating func classMember() throws(Unsupported) -> CharacterSet {
        let scalar = try take()
        guard scalar == "\\" else { return CharacterSet(ranges: [scalar.value...scalar.value]) }
        let set = try escape()
        guard !set.isNegated else { throw Unsupported(reason: "`\\D`, `\\W` and `\\S` within `[ ]`") }
        return set
    }

    private mutating func escape() throws(Unsupported) -> CharacterSet {
        let scalar = try take()
        let digit: ClosedRange<UInt32> = 48...57
        let word: [ClosedRange<UInt32>] = [digit, 65...90, 95...95, 97...122]
        let space: [ClosedRange<UInt32>] = [9...13, 32...32]
        switch scalar {
        case "d": return CharacterSet(ranges: [digit])
        case "D": return CharacterSet(ranges: [digit], isNegated: true)
        case "w": return CharacterSet(ranges: word)
        case "W": return CharacterSet(ranges: word, isNegated: true)
        case "s": return CharacterSet(ranges: space)
        case "S": return CharacterSet(ranges: space, isNegated: true)
        case "n": return CharacterSet(ranges: [10...10])
        case "r": return CharacterSet(ranges: [13...13])
        case "t": return CharacterSet(ranges: [9...9])
        default:
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            if isLetter { throw Unsupported(reason: "`\\\(scalar)`") }
            return CharacterSet(ranges: [scalar.value...scalar.value])
        }
    }
}
