/// How text is drawn: with or without ANSI colours, with Unicode symbols or ASCII alone.
package struct Style: Sendable, Equatable {
    package var isColoured: Bool
    package var isASCII: Bool

    package init(isColoured: Bool, isASCII: Bool = false) {
        self.isColoured = isColoured
        self.isASCII = isASCII
    }

    package static let plain = Style(isColoured: false)
    package static let coloured = Style(isColoured: true)
    package static let ascii = Style(isColoured: false, isASCII: true)

    /// What a piece of text means; colours follow from it.
    package enum Paint: Sendable, Equatable {
        case plain, strong, quiet, good, bad, warning, active

        /// The parameter of ANSI's "select graphic rendition".
        fileprivate var code: String? {
            switch self {
            case .plain: nil
            case .strong: "1"
            case .quiet: "2"
            case .good: "32"
            case .bad: "31"
            case .warning: "33"
            case .active: "36"
            }
        }
    }

    /// `text` in its colour; the text itself must be free of control characters.
    package func painted(_ text: String, _ paint: Paint) -> String {
        let text = spelled(text)
        guard isColoured, !text.isEmpty, let code = paint.code else { return text }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }

    /// Where there is ASCII alone, signs within sentences as people type them.
    package func spelled(_ text: String) -> String {
        guard isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return Self.spellings.reduce(text) { $0.replacing($1.sign, with: $1.letters) }
    }

    private static let spellings: [(sign: String, letters: String)] = [
        ("→", "->"), ("×", "x"), ("≤", "<="), ("≥", ">="), ("…", "..."), ("–", "-"), ("·", "-"), ("±", "+-"),
    ]

    package var symbols: Symbols { isASCII ? .ascii : .unicode }
}

/// The few signs that reports use, each one column wide unless said otherwise.
package struct Symbols: Sendable, Equatable {
    package let success, failure, warning, cached, skipped, waiting, ready, running: String
    /// Frames of the sign of something that runs.
    package let spinner: [String]
    package let barFull, barEmpty: String
    /// Stands for what does not exist.
    package let none: String
    /// Stands for what was cut; up to three columns.
    package let ellipsis: String
    /// Two columns at most.
    package let arrow: String
    package let separator: String
    package let gutter: String

    static let unicode = Symbols(
        success: "✓", failure: "✗", warning: "▲", cached: "◆", skipped: "◇", waiting: "○", ready: "◌", running: "●",
        spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"], barFull: "━", barEmpty: "─", none: "–",
        ellipsis: "…", arrow: "→", separator: "·", gutter: "│")

    static let ascii = Symbols(
        success: "+", failure: "x", warning: "!", cached: "=", skipped: "-", waiting: ".", ready: "o", running: "*",
        spinner: ["|", "/", "-", "\\"], barFull: "#", barEmpty: "-", none: "-", ellipsis: "...", arrow: "->",
        separator: "-", gutter: "|")
}
