import SluiceModel

/// What is wrong, in words, before it has a place. Every catalogue file makes these and nothing else does.
package struct Finding: Sendable, Hashable {
    package var severity: Diagnostic.Severity
    package var id: String
    package var message: String
    package var hint: String?

    package init(
        _ id: String, _ message: String, hint: String? = nil, severity: Diagnostic.Severity = .error
    ) {
        self.severity = severity
        self.id = id
        self.message = message
        self.hint = hint
    }
}
