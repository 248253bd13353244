import Foundation
import Testing

/// Evaluates what Argo is given as `when`: comparisons of strings, `startsWith`, `&&`, `||`, `!` and parentheses.
struct ArgoWhen {
    private var tokens: ArraySlice<String>
    private let parameters: [String: String]

    /// `text`: nil where there is no `when`.
    static func holds(_ text: String?, _ parameters: [String: String]) throws -> Bool {
        guard let text, text != "true" else { return true }
        guard text != "false" else { return false }
        try #require(text.hasPrefix("{{=") && text.hasSuffix("}}"), "\(text)")
        let token = /'[^']*'|[a-zA-Z.]+|&&|\|\||[=!<>]=|[<>!()]/
        let tokens = text.dropFirst(3).dropLast(2).matches(of: token).map { String($0.output) }
        var when = ArgoWhen(tokens: tokens[...], parameters: parameters)
        let truth = try when.any()
        try #require(when.tokens.isEmpty, "\(text) goes on with \(when.tokens)")
        return truth
    }

    private mutating func takes(_ token: String) -> Bool {
        guard tokens.first == token else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func next() throws -> String {
        guard let token = tokens.popFirst() else { throw Fault(word: "the end") }
        return token
    }

    private mutating func any() throws -> Bool {
        var truth = try all()
        while takes("||") { truth = try all() || truth }
        return truth
    }

    private mutating func all() throws -> Bool {
        var truth = try single()
        while takes("&&") { truth = try single() && truth }
        return truth
    }

    private mutating func single() throws -> Bool {
        if takes("!") { return try !single() }
        guard takes("(") else { return try comparison() }
        let truth = try any()
        guard takes(")") else { throw Fault(word: tokens.first ?? "the end") }
        return truth
    }

    private mutating func comparison() throws -> Bool {
        let left = try operand()
        let word = try next()
        let right = try operand()
        switch word {
        case "==": return left == right
        case "!=": return left != right
        case "<": return left.lexicographicallyPrecedes(right)
        case ">": return right.lexicographicallyPrecedes(left)
        case "<=": return !right.lexicographicallyPrecedes(left)
        case ">=": return !left.lexicographicallyPrecedes(right)
        case "startsWith": return left.starts(with: right)
        default: throw Fault(word: word)
        }
    }

    /// As bytes, by which Argo compares.
    private mutating func operand() throws -> [UInt8] {
        let token = try next()
        guard token.hasPrefix("'") else {
            return Array(try #require(parameters[token.replacing("workflow.parameters.", with: "")]).utf8)
        }
        let text = token.dropFirst().dropLast().replacing(/\\u([0-9a-f]{4})/) { match in
            UInt32(match.1, radix: 16).flatMap(UnicodeScalar.init).map { String($0) } ?? ""
        }
        return Array(text.utf8)
    }

    private struct Fault: Error { let word: String }
}
