/// A token of a CPLEX-LP file.
struct LPToken {
    enum Kind: Equatable {
        case number(Double)
        case name(String)
        case plus, minus, colon
        case less, greater, equal
        /// `->`, which opens an indicator constraint.
        case arrow
        /// `[`, `]`, `*`, `^`, `/`: parts of quadratic terms.
        case quadratic(Character)
        case end
    }

    var kind: Kind
    var line: Int
    /// From 1.
    var column: Int
    var isFirstOfLine: Bool

    /// What a message calls it.
    var shown: String {
        switch kind {
        case .number(let value): "the number \(value)"
        case .name(let name): "'\(LineScanner.shown(name))'"
        case .plus: "'+'"
        case .minus: "'-'"
        case .colon: "':'"
        case .less: "'<='"
        case .greater: "'>='"
        case .equal: "'='"
        case .arrow: "'->'"
        case .quadratic(let character): "'\(character)'"
        case .end: "the end of the file"
        }
    }

    func failure(_ message: String) -> TextFailure { TextFailure(line: line, column: column, message: message) }
}
