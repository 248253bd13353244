import SluiceModel

/// `sluice lint --json`.
package struct LintJSON: Encodable {
    private let schema = "sluice.lint/v1"
    private let diagnostics: [DiagnosticJSON]

    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics.map(DiagnosticJSON.init) }
}

/// One diagnostic, as every shape that has them writes it.
struct DiagnosticJSON: Encodable {
    private let severity, id, message, file: String
    private let line, column: Int
    private let hint: String?

    init(_ diagnostic: Diagnostic) {
        severity = diagnostic.severity.rawValue
        id = diagnostic.id
        message = diagnostic.message
        file = diagnostic.location.file
        line = diagnostic.location.line
        column = diagnostic.location.column
        hint = diagnostic.hint
    }
}
