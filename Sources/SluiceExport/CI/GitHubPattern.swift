/// Globs as patterns of GitHub: `*` and `**` mean the same there. What else means something there is escaped, and for one
/// character there is no word: `?` becomes `*`, which is not the same as `**` where two of them stand together.
enum GitHubPattern {
    static func text(_ glob: String) -> String {
        var text = ""
        var rest = Substring(glob)
        while let character = rest.first {
            let wild = rest.prefix { "*?".contains($0) }
            if wild.isEmpty {
                text += ("+[]!\\".contains(character) ? "\\" : "") + String(character)
                rest = rest.dropFirst()
            } else {
                text += wild.contains("**") ? "**" : "*"
                rest = rest.dropFirst(wild.count)
            }
        }
        return text
    }
}
