/// What a JSON value must look like. Keys beyond those that are named may be there: shapes only grow.
indirect enum Shape: Sendable {
    case any, bool, number, string
    /// RFC 3339 in UTC with milliseconds.
    case time
    /// One of these words.
    case word([String])
    /// Exactly this text.
    case exactly(String)
    case list(Shape)
    /// Any keys, values of one shape.
    case map(Shape)
    case object([String: Shape])
    case orNull(Shape)
    /// The key may be missing.
    case optional(Shape)

    /// What is wrong with a value, one line each; empty: nothing.
    func violations(_ value: JSON?, at path: String = "$") -> [String] {
        switch (self, value) {
        case (.optional, nil): return []
        case (.optional(let shape), _): return shape.violations(value, at: path)
        case (_, nil): return ["\(path) is missing"]
        case (.any, _), (.bool, .bool), (.number, .number), (.string, .string): return []
        case (.orNull, .null): return []
        case (.orNull(let shape), _): return shape.violations(value, at: path)
        case (.time, .string(let text)):
            return text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) == nil
                ? ["\(path) is no time: \(text)"] : []
        case (.word(let words), .string(let text)):
            return words.contains(text) ? [] : ["\(path) is `\(text)`, not one of \(words)"]
        case (.exactly(let wanted), .string(let text)): return wanted == text ? [] : ["\(path) is `\(text)`"]
        case (.list(let shape), .array(let items)):
            return items.enumerated().flatMap { shape.violations($1, at: "\(path)[\($0)]") }
        case (.map(let shape), .object(let members)):
            return members.flatMap { shape.violations($1, at: "\(path).\($0)") }
        case (.object(let shapes), .object(let members)):
            return shapes.flatMap { $1.violations(members[$0], at: "\(path).\($0)") }.sorted()
        default: return ["\(path) has the wrong type: \(value.map { "\($0)".prefix(60) } ?? "")"]
        }
    }
}
