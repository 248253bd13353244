import SluiceModel

/// `main~2^1`: a name, and steps to ancestors.
struct RevisionExpression: Equatable {
    enum Step: Equatable {
        /// `^N`: the N-th parent; `^0` is the commit itself.
        case parent(Int)
        /// `~N`: N times the first parent.
        case ancestor(Int)
    }

    let base: String
    let steps: [Step]

    init(_ text: String) throws(GitError) {
        guard text.utf8.count <= 4096, !text.utf8.contains(where: { $0 < 0x21 || $0 == 0x7F }) else {
            throw GitError(.invalid, "a revision is a short text without spaces and control characters")
        }
        // No reference may contain `~` or `^`, so the first of them ends the name.
        let base = text.prefix { $0 != "~" && $0 != "^" }
        guard !base.isEmpty else { throw Self.unreadable(text) }
        self.base = String(base)
        steps = try Self.steps(in: text.dropFirst(base.count), of: text)
    }

    private static func steps(in suffix: Substring, of text: String) throws(GitError) -> [Step] {
        var steps: [Step] = []
        var rest = suffix
        while let sign = rest.popFirst() {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard sign == "~" || sign == "^", digits.count <= 6, let number = digits.isEmpty ? 1 : Int(digits) else {
                throw unreadable(text)
            }
            rest = rest.dropFirst(digits.count)
            steps.append(sign == "~" ? .ancestor(number) : .parent(number))
        }
        return steps
    }

    private static func unreadable(_ text: String) -> GitError {
        GitError(
            .invalid, "`\(text)` is not a revision",
            hint: "an oid, a branch, a tag or HEAD, with ~N or ^N for ancestors")
    }
}
