import SluiceModel

/// Commands of GitHub Actions' runner, as lines of the log ("Workflow commands for GitHub Actions").
enum GitHubCommand {
    /// `::error file=…,line=…,col=…,title=…::message`; line breaks of the message are kept.
    static func annotation(_ annotation: CIAnnotation) -> String {
        let place = annotation.location
        let properties = [
            ("file", place.file), ("line", String(place.line)), ("col", String(place.column)),
            ("title", annotation.title),
        ].map { "\($0)=\(property($1))" }
        return "::\(word(annotation.severity)) \(properties.joined(separator: ","))::\(data(annotation.message))"
    }

    private static func word(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
    }

    /// The runner's own escapes; whatever else a terminal would obey is made visible before.
    private static func data(_ text: String) -> String {
        SafeText.lines(text).joined(separator: "\n").replacing(["%": "%25", "\r": "%0D", "\n": "%0A"])
    }

    private static func property(_ text: String) -> String {
        SafeText.line(text).replacing(["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }
}

extension String {
    fileprivate func replacing(_ escapes: [Unicode.Scalar: String]) -> String {
        unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}
