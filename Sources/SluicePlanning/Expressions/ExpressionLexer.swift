import SluiceModel

/// A word of an expression and where it begins, in characters.
struct ExpressionToken: Equatable {
    enum Kind: Equatable {
        case literal(JSONValue)
        /// A dotted name, or a function's name.
        case name([String])
        /// `==`, `(`, `in` …
        case symbol(String)
        case end
    }

    var kind: Kind
    var offset: Int
}

/// Cuts the text of an expression into tokens, one at a time.
struct ExpressionLexer {
    /// A part of a text: places count from the beginning of the whole.
    private let text: ArraySlice<Character>
    private var position: Int

    init(_ text: ArraySlice<Character>) {
        self.text = text
        position = text.startIndex
    }

    mutating func next() throws(ExpressionError) -> ExpressionToken {
        while let character = current, character.isWhitespace { position += 1 }
        let start = position
        guard let character = current else { return ExpressionToken(kind: .end, offset: start) }
        switch character {
        case "'", "\"": return ExpressionToken(kind: .literal(.string(try string(quote: character))), offset: start)
        case "0"..."9", "-": return ExpressionToken(kind: .literal(try number()), offset: start)
        case _ where Self.startsName(character): return ExpressionToken(kind: try word(), offset: start)
        default: return ExpressionToken(kind: .symbol(try symbol()), offset: start)
        }
    }

    private var current: Character? { position < text.endIndex ? text[position] : nil }

    private static func startsName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character == "_")
    }

    private static func continuesName(_ character: Character) -> Bool {
        startsName(character) || character == "-" || (character.isASCII && character.isNumber)
    }

    private mutating func take(while isWanted: (Character) -> Bool) -> String {
        let start = position
        while let character = current, isWanted(character) { position += 1 }
        return String(text[start..<position])
    }

    private mutating func symbol() throws(ExpressionError) -> String {
        let pair = String(text[position..<min(position + 2, text.endIndex)])
        if ["==", "!=", "<=", ">=", "&&", "||"].contains(pair) {
            position += 2
            return pair
        }
        let single = String(pair.prefix(1))
        let hints = ["=": "write `==`", "&": "write `&&`", "|": "write `||`"]
        guard ["<", ">", "!", "(", ")", "[", "]", ","].contains(single) else {
            throw ExpressionError("`\(single)` does not belong here", at: position, hint: hints[single])
        }
        position += 1
        return single
    }

    private mutating func string(quote: Character) throws(ExpressionError) -> String {
        let start = position
        var value = ""
        position += 1
        while let character = current {
            position += 1
            if character == quote { return value }
            guard character == "\\" else {
                value.append(character)
                continue
            }
            value.append(try escape())
        }
        throw ExpressionError("this string is never closed", at: start)
    }

    private mutating func escape() throws(ExpressionError) -> Character {
        guard let character = current else { throw ExpressionError("this string is never closed", at: position - 1) }
        let meanings: [Character: Character] = ["\\": "\\", "'": "'", "\"": "\"", "n": "\n", "t": "\t"]
        guard let meaning = meanings[character] else {
            throw ExpressionError(
                "unknown escape `\\\(character)`", at: position - 1, hint: #"there are \\ \' \" \n \t"#)
        }
        position += 1
        return meaning
    }

    private mutating func number() throws(ExpressionError) -> JSONValue {
        let start = position
        position += 1
        var isExponent = false
        let rest = take { character in
            defer { isExponent = character == "e" || character == "E" }
            let isSign = isExponent && (character == "-" || character == "+")
            return isSign || character == "." || (character.isASCII && (character.isNumber || character.isLetter))
        }
        let digits = String(text[start]) + rest
        if let whole = Int64(digits) { return .integer(whole) }
        let isDecimal = digits.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
        guard isDecimal, let value = Double(digits), value.isFinite else {
            throw ExpressionError("`\(digits)` is no number", at: start)
        }
        return .number(value)
    }

    /// A dotted name, `in`, or a constant. After `stages.` a matrix instance may stand: `train[model=logreg]`.
    private mutating func word() throws(ExpressionError) -> ExpressionToken.Kind {
        var segments = [take(while: Self.continuesName)]
        while current == "." {
            position += 1
            var segment = take(while: Self.continuesName)
            if segments == ["stages"], current == "[" { segment += try instance() }
            guard !segment.isEmpty else { throw ExpressionError("a name is missing after `.`", at: position) }
            segments.append(segment)
        }
        switch segments {
        case ["true"]: return .literal(.bool(true))
        case ["false"]: return .literal(.bool(false))
        case ["null"]: return .literal(.null)
        case ["in"]: return .symbol("in")
        default: return .name(segments)
        }
    }

    private mutating func instance() throws(ExpressionError) -> String {
        let start = position
        let cells = take { $0 != "]" }
        guard current == "]" else { throw ExpressionError("`[` is never closed", at: start) }
        position += 1
        return cells + "]"
    }
}
