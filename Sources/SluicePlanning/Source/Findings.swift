import SluiceModel

/// Collects what is found in one file. `domain` begins the ids of what every kind of file can get wrong:
/// `pipeline.unknown-key`, `manifest.unknown-key`.
final class Findings {
    /// More errors would help nobody, and neither would more of the rest.
    static let limit = 200

    let source: SourceText
    let domain: String
    private(set) var diagnostics: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []
    private var errors = 0

    init(_ source: SourceText, domain: String) {
        self.source = source
        self.domain = domain
    }

    func add(_ finding: Finding, at location: SourceLocation) {
        let isError = finding.severity == .error
        guard (isError ? errors : diagnostics.count - errors) < Self.limit else { return }
        let diagnostic = source.diagnostic(finding, at: location)
        guard seen.insert(diagnostic).inserted else { return }
        diagnostics.append(diagnostic)
        if isError { errors += 1 }
    }

    func add(_ finding: Finding, at node: YAMLNode) {
        if !node.isBroken { add(finding, at: node.location) }
    }

    var hasErrors: Bool { errors > 0 }

    /// Whether looking for more errors is in vain.
    var isFull: Bool { errors >= Self.limit }

    /// In the order of the file.
    var sorted: [Diagnostic] { diagnostics.inFileOrder }
}

extension [Diagnostic] {
    /// By file, place and severity; equal places keep a fixed order.
    package var inFileOrder: [Diagnostic] {
        sorted { left, right in
            if left.location != right.location { return left.location < right.location }
            if left.severity != right.severity { return left.severity < right.severity }
            return (left.id, left.message) < (right.id, right.message)
        }
    }

    package var hasErrors: Bool { contains { $0.severity == .error } }
}
