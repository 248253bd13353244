import SluiceModel

/// The small typed language of `if`: comparisons, `&& || !`, `in`, four functions and names; no loops.
package struct Expression: Sendable, Equatable {
    package let text: String
    package let root: Node
    /// Every name that is read, in the order of the text.
    package let names: [NameUse]

    /// Reads a whole text.
    package init(parsing text: String) throws(ExpressionError) {
        var parser = try ExpressionParser(text)
        root = try parser.parseAll()
        names = parser.names
        self.text = text
    }

    package struct Node: Sendable, Equatable {
        package var kind: Kind
        /// Where it begins, in characters.
        var offset: Int
    }

    package indirect enum Kind: Sendable, Equatable {
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
        /// `budget.left("account")`, a share between 0 and 1.
        case budgetLeft(String)
    }

    package enum Comparison: String, Sendable, Equatable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="

        package var isOrder: Bool { self != .equal && self != .notEqual }
    }
}
