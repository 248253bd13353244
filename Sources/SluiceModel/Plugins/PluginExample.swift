/// One call of a plugin as a stage could make it, with the ending that it should have: what a plugin's folder
/// `conformance` holds, so that the plugin can be tested.
package struct PluginExample: Sendable, Hashable, Codable {
    /// The file's name without `.yaml`.
    package var name: String
    /// With the schema's defaults.
    package var params: JSONValue
    /// Paths within the plugin's folder, by the input's name.
    package var inputs: [String: [String]]
    package var seed: Int64
    package var expected: Ending
    /// Whether a pure plugin makes the same bytes again. Not where it measures time.
    package var isRepeatable: Bool

    package init(
        name: String, params: JSONValue = .emptyObject, inputs: [String: [String]] = [:], seed: Int64 = 0,
        expected: Ending = .ok, isRepeatable: Bool = true
    ) {
        self.name = name
        self.params = params
        self.inputs = inputs
        self.seed = seed
        self.expected = expected
        self.isRepeatable = isRepeatable
    }

    /// What the terminal line says: a result's status, or an error's class.
    package enum Ending: String, Sendable, Hashable, Codable, CaseIterable {
        case ok, failed, skipped
        case config, user, transient, resource, dependency, `internal`
    }
}
