/// Where the scanner stands in the grammar of the shell (POSIX.1-2017, Shell Command Language, 2.2 to 2.7).
enum ShellContext {
    /// Commands: outside of quotes.
    case commands(Commands)
    /// Between double quotes.
    case doubleQuotes
    /// `${x:-…}` of the shell itself, written `$${x:-…}`.
    case braces(inDoubleQuotes: Bool)
    /// `$((…))`, with the parentheses that are open in it.
    case arithmetic(open: Int)
    /// A here-document whose word is not quoted.
    case document(Document)

    struct Commands {
        enum End { case script, parenthesis, backquote }

        var end: End
        /// `case` without its `esac`: there `)` ends a pattern.
        var openCases = 0
        /// Whether the next word is a command's first, where `case` and `esac` are keywords.
        var isAtCommand = true
        /// The letters of the word so far; nil once it holds anything else.
        var word: [UInt8]? = []
        /// Whether a `#` would begin a comment.
        var isAtWord = true
        /// Here-documents that begin on the next line.
        var documents: [Document] = []
    }

    struct Document {
        var word: [UInt8]
        /// Nothing is replaced in it.
        var isQuoted: Bool
        /// `<<-`
        var skipsTabs: Bool
    }
}
