/// Text of users, plugins and repositories inside Markdown, in GitHub's dialect.
enum MarkdownText {
    /// One line without a meaning: no markup, no table cell, no mention of a person or an issue.
    static func escaped(_ text: String) -> String {
        var result = ""
        // By scalars: to a parser a sign with a combining mark is still that sign.
        for scalar in SafeText.line(text).unicodeScalars {
            switch scalar {
            case "\\", "|", "`", "*", "_", "[", "]", "~": result += "\\\(scalar)"
            case "@", "#": result += "\(scalar)<!-- -->"
            default: result += markup(scalar) ?? String(scalar)
            }
        }
        return result
    }

    /// Lines of a log as a block that shows them as they are.
    static func block(_ lines: [String]) -> [String] {
        let safe = lines.flatMap(SafeText.lines).map { line in
            line.unicodeScalars.map { markup($0) ?? String($0) }.joined()
        }
        // An empty line would not end the block, but older renderers think so.
        return ["<pre>"] + safe.map { $0.isEmpty ? " " : $0 } + ["</pre>"]
    }

    static func row(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |" }

    private static func markup(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "<": "&lt;"
        case ">": "&gt;"
        case "&": "&amp;"
        default: nil
        }
    }
}
