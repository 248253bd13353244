extension ShellScanner {
    /// One byte outside of quotes, or a whole comment, quotation or operator.
    mutating func scanCommands() {
        guard let byte = byte() else { return }
        switch byte {
        case UInt8(ascii: "\n"): newline()
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ">"): endWord()
        case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"): endWord(isCommandNext: true)
        case UInt8(ascii: "<"): if self.byte(at: 1) == byte { document() } else { endWord() }
        case UInt8(ascii: "("):
            endWord(isCommandNext: true)
            contexts.append(.commands(.init(end: .parenthesis)))
        case UInt8(ascii: ")"): closeParenthesis()
        case UInt8(ascii: "#") where isAtWord: comment()
        default: scanWord(byte)
        }
    }

    private var isAtWord: Bool {
        guard case .commands(let commands) = contexts[contexts.count - 1] else { return false }
        return commands.isAtWord
    }

    private mutating func scanWord(_ byte: UInt8) {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        update { commands in
            commands.isAtWord = false
            if isLetter, commands.word?.count ?? 0 < 8 { commands.word?.append(byte) } else { commands.word = nil }
            // `{` and `!` are followed by a command.
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "!") { commands.word = Array("then".utf8) }
        }
        switch byte {
        case UInt8(ascii: "\\"): backslash()
        case UInt8(ascii: "'"): singleQuotes()
        case UInt8(ascii: "\""):
            copy()
            contexts.append(.doubleQuotes)
        case UInt8(ascii: "`"): backquote()
        case UInt8(ascii: "$"):
            if isAtInterpolation { interpolate(quoted: false) } else { dollar(inDoubleQuotes: false) }
        default: copy()
        }
    }

    /// Changes the innermost context, which is one of commands.
    private mutating func update(_ change: (inout ShellContext.Commands) -> Void) {
        guard case .commands(var commands) = contexts[contexts.count - 1] else { return }
        // Taken out while it changes, so that its arrays are not copied.
        contexts.removeLast()
        change(&commands)
        contexts.append(.commands(commands))
    }

    /// Copies a byte that ends a word.
    private mutating func endWord(isCommandNext: Bool = false) {
        noteWord(isCommandNext: isCommandNext)
        copy()
    }

    /// Notes what the word that ends here means for what follows it.
    private mutating func noteWord(isCommandNext: Bool) {
        let introducers = ["then", "do", "else", "elif", "if", "while", "until"]
        update { commands in
            let word = commands.word.map { String(decoding: $0, as: UTF8.self) }
            let hadWord = commands.word?.isEmpty == false || !commands.isAtWord
            if commands.isAtCommand, word == "case" { commands.openCases += 1 }
            if commands.isAtCommand, word == "esac" { commands.openCases = max(0, commands.openCases - 1) }
            if hadWord {
                let introduces = commands.isAtCommand && introducers.contains(word ?? "")
                commands.isAtCommand = introduces || (commands.openCases > 0 && word == "in")
            }
            if isCommandNext { commands.isAtCommand = true }
            commands.word = []
            commands.isAtWord = true
        }
    }

    private mutating func newline() {
        noteWord(isCommandNext: true)
        copy()
        var documents: [ShellContext.Document] = []
        update { commands in
            documents = commands.documents
            commands.documents = []
        }
        contexts.append(contentsOf: documents.reversed().map(ShellContext.document))
    }

    private mutating func closeParenthesis() {
        noteWord(isCommandNext: true)
        copy()
        guard case .commands(let commands) = contexts[contexts.count - 1] else { return }
        // In an open `case` it ends a pattern.
        guard commands.openCases == 0, commands.end == .parenthesis else { return }
        contexts.removeLast()
        update { outer in
            outer.documents += commands.documents
            outer.isAtWord = false
            outer.word = nil
        }
    }

    /// Nothing is replaced in a comment. A backquote ends it together with the substitution that it stands in.
    private mutating func comment() {
        let isInBackquotes = contexts.contains { context in
            if case .commands(let commands) = context { commands.end == .backquote } else { false }
        }
        while let byte = byte(), byte != UInt8(ascii: "\n") {
            if isInBackquotes, byte == UInt8(ascii: "`") { return }
            copy()
        }
    }

    /// `<<WORD`, `<<-WORD`; `<<<` is none.
    private mutating func document() {
        noteWord(isCommandNext: false)
        guard byte(at: 2) != UInt8(ascii: "<") else { return copy(3) }
        copy(2)
        let skipsTabs = byte() == UInt8(ascii: "-")
        if skipsTabs { copy() }
        while byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "\t") { copy() }
        let (word, isQuoted) = documentWord()
        guard !word.isEmpty || isQuoted else { return }
        update { commands in
            commands.isAtWord = false
            commands.documents.append(.init(word: word, isQuoted: isQuoted, skipsTabs: skipsTabs))
        }
    }

    /// The word after `<<` without its quotes, and whether it had any.
    private mutating func documentWord() -> ([UInt8], Bool) {
        var word: [UInt8] = []
        var isQuoted = false
        var quote: UInt8?
        while let byte = byte(), quote != nil || !Array(" \t\n;&|<>()".utf8).contains(byte) {
            if isAtInterpolation {
                verbatim("in the word of a here-document")
                continue
            }
            copy()
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                isQuoted = true
            } else if quote == nil, byte == UInt8(ascii: "\\") {
                isQuoted = true
                if let hidden = self.byte() { word.append(hidden) }
                copy()
            } else {
                word.append(byte)
            }
        }
        return (word, isQuoted)
    }
}
