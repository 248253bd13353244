/// A place of a value that breaks its schema.
package struct SchemaViolation: Sendable, Hashable {
    /// `grid.depth[0]`; empty for the whole value.
    package var path: String
    package var message: String
    package var hint: String?
    /// The same path in steps, for a look-up: keys and positions.
    package var steps: [String]
    /// Whether a key is meant that should not be there.
    package var isUnknownKey: Bool

    init(_ steps: [String], _ message: String, hint: String? = nil, isUnknownKey: Bool = false) {
        self.steps = steps
        self.message = message
        self.hint = hint
        self.isUnknownKey = isUnknownKey
        path = Self.text(of: steps)
    }

    private static func text(of steps: [String]) -> String {
        steps.reduce(into: "") { text, step in
            if Int(step) != nil {
                text += "[\(step)]"
            } else {
                text += text.isEmpty ? step : "." + step
            }
        }
    }
}
