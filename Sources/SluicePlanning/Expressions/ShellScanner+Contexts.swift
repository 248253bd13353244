extension ShellScanner {
    /// Where values are replaced within quotes. `end` closes it; a here-document has none.
    mutating func scanQuoted(until end: UInt8?) {
        guard byte() != end else {
            copy()
            contexts.removeLast()
            return
        }
        switch byte() {
        case UInt8(ascii: "\\"): backslash()
        case UInt8(ascii: "`"): backquote()
        case UInt8(ascii: "$"): if isAtInterpolation { interpolate(quoted: true) } else { dollar(inDoubleQuotes: true) }
        default: copy()
        }
    }

    mutating func scanBraces(inDoubleQuotes isQuoted: Bool) {
        switch byte() {
        case UInt8(ascii: "'") where !isQuoted: singleQuotes()
        case UInt8(ascii: "\""):
            copy()
            contexts.append(.doubleQuotes)
        case UInt8(ascii: "$") where isAtInterpolation: interpolate(quoted: isQuoted)
        case UInt8(ascii: "$"): dollar(inDoubleQuotes: isQuoted)
        default: scanQuoted(until: UInt8(ascii: "}"))
        }
    }

    /// Some shells evaluate the value of a variable in arithmetic as an expression, commands in it included.
    mutating func scanArithmetic(open: Int) {
        switch byte() {
        case UInt8(ascii: "$") where isAtInterpolation:
            refuse(
                ScriptTemplate.Fault.arithmetic, "`${…}` stands within `$((…))`, where the shell evaluates it",
                hint: "compute the number before, in a param")
        case UInt8(ascii: "("): nest(.arithmetic(open: open + 1))
        case UInt8(ascii: ")") where open > 0: nest(.arithmetic(open: open - 1))
        case UInt8(ascii: ")"):
            copy(byte(at: 1) == UInt8(ascii: ")") ? 2 : 1)
            contexts.removeLast()
        case UInt8(ascii: "\\"): backslash()
        case UInt8(ascii: "`"): backquote()
        case UInt8(ascii: "$"): dollar(inDoubleQuotes: true)
        default: copy()
        }
    }

    private mutating func nest(_ context: ShellContext) {
        copy()
        contexts[contexts.count - 1] = context
    }

    /// One byte of a here-document, or its last line.
    mutating func scanDocument(_ document: ShellContext.Document) {
        if isAtLine, let length = lengthOfEnd(of: document) {
            copy(length)
            contexts.removeLast()
        } else if document.isQuoted {
            verbatim("in a here-document with a quoted word")
        } else if byte() == UInt8(ascii: "\"") {
            copy()
        } else {
            scanQuoted(until: nil)
        }
    }

    private var isAtLine: Bool { position == 0 || bytes[position - 1] == UInt8(ascii: "\n") }

    /// The length of the line that ends the document, its line break included.
    private func lengthOfEnd(of document: ShellContext.Document) -> Int? {
        let newline = UInt8(ascii: "\n")
        let end = bytes[position...].firstIndex(of: newline) ?? bytes.count
        let line = bytes[position..<end]
        let text = document.skipsTabs ? line.drop { $0 == UInt8(ascii: "\t") } : line
        guard text.elementsEqual(document.word) else { return nil }
        return min(end + 1, bytes.count) - position
    }
}
