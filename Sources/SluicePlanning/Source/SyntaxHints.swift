/// What usually mends a syntax error.
enum SyntaxHints {
    static func hint(_ problem: String, line: String, column: Int) -> String? {
        if problem.contains("incompatible YAML") { return "leave the line out: definitions are YAML 1.2" }
        if problem.contains("<document start>") {
            return "one file holds one definition: nothing may stand behind `...`"
        }
        let character = column < line.count ? line[line.index(line.startIndex, offsetBy: max(0, column))] : " "
        switch character {
        case "@", "`", "%", "&", "!", "|", ">": return "quote the value: nothing plain begins with `\(character)`"
        default: break
        }
        if problem.contains("mapping values are not allowed") {
            return "quote a value that holds `: `, or begin a new line for the next key"
        }
        if problem.contains("could not find expected ':'") { return "a key is followed by `: ` on its own line" }
        if problem.contains("did not find expected key") || problem.contains("block end") {
            return "check the indentation: keys of one map stand in one column"
        }
        if problem.contains("',' or") { return "close the list or map, and put `,` between its members" }
        if problem.contains("node content") { return "a `[` or `{` is not closed, or a `,` has nothing behind it" }
        if problem.contains("end of stream") { return "a quote or bracket is not closed" }
        return nil
    }
}
