import SluiceModel

/// Annotations as GitLab reads them: a code quality report, which merge requests show beside the lines.
package struct CodeQualityJSON: Encodable {
    private struct Issue: Encodable {
        var description: String
        var name: String
        /// The same for the same problem in every pipeline, so that GitLab knows what is new.
        var fingerprint: String
        var severity: String
        var location: Location

        private enum CodingKeys: String, CodingKey {
            case description, fingerprint, severity, location
            case name = "check_name"
        }
    }

    private struct Location: Encodable {
        var path: String
        var lines: Lines
    }

    private struct Lines: Encodable { var begin: Int }

    private let issues: [Issue]

    package init(_ annotations: [CIAnnotation]) {
        var seen: [String: Int] = [:]
        issues = annotations.map { annotation in
            let (place, text) = (annotation.location, SafeText.lines(annotation.message).joined(separator: "; "))
            let identity = "\(annotation.id)\n\(place.file)\n\(annotation.title)\n\(text)"
            let number = seen[identity, default: 0]
            seen[identity] = number + 1
            return Issue(
                description: text, name: annotation.id, fingerprint: Self.hash("\(identity)\n\(number)"),
                severity: Self.word(annotation.severity),
                location: Location(path: place.file, lines: Lines(begin: place.line)))
        }
    }

    package func encode(to encoder: any Encoder) throws { try issues.encode(to: encoder) }

    private static func word(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: "major"
        case .warning: "minor"
        case .note: "info"
        }
    }

    /// FNV-1a, 64 bits: it only has to differ.
    private static func hash(_ text: String) -> String {
        let value = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
