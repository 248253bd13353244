/// Globs as regular expressions of GitLab (RE2), with everything but letters and digits written by number.
enum GitLabPattern {
    static func text(_ glob: String) -> String {
        var text = "^"
        var rest = Array(glob.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*" where rest.first == "*":
                rest.removeFirst()
                if rest.first == "/" {
                    rest.removeFirst()
                    text += "(.*\\/)?"
                } else {
                    text += ".*"
                }
            case "*": text += "[^\\/]*"
            case "?": text += "[^\\/]"
            case "/": text += "\\/"
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_": text.unicodeScalars.append(scalar)
            default: text += "\\x{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return text + "$"
    }
}
