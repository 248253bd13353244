import SluiceModel

/// The small typed language of `if`: comparisons, `&& || !`, `in`, three functions and names; no loops.
package struct Expression: Sendable, Equatable {
    package let text: String
    let root: Node
    /// Every name that is read, in the order of the text.
    package let names: [NameUse]
    /// What is in the language but not yet offered.
    package let unsupported: [ExpressionError]

    /// Reads a whole text.
    package init(parsing text: String) throws(ExpressionError) {
        var parser = try ExpressionParser(text)
        root = try parser.parseAll()
        names = parser.names
        unsupported = parser.unsupported
        self.text = text
    }

    struct Node: Sendable, Equatable {
        var kind: Kind
        /// Where it begins, in characters.
        var offset: Int
    }

    indirect enum Kind: Sendable, Equatable {
        case literal(JSONValue)
        case list([Node])
        case name(Name)
        case not(Node)
        /// Two or more; kept flat, so that a long chain is no deep tree.
        case all([Node])
        case any([Node])
        case comparison(Comparison, Node, Node)
        case contains(Node, list: Node)
        case startsWith(Node, Node)
        case matches(Node, Node)
        case changed(Glob)
        /// `budget.left("account")`, known to nobody yet.
        case budgetLeft(String)
    }

    enum Comparison: String, Sendable, Equatable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="

        var isOrder: Bool { self != .equal && self != .notEqual }
    }
}
