import SluiceModel

/// How a CI system wants to be told of groups of lines and of annotations. Others get plain lines.
package enum CIDialect: Sendable {
    case github, gitlab, plain

    /// Begins a group that the system shows folded. `id` is made of letters, digits and `_`, and is used once per job.
    func opening(_ title: String, id: String, at time: Timestamp) -> String {
        let title = SafeText.line(title)
        switch self {
        case .github: return "::group::" + title
        case .gitlab:
            return "\u{1b}[0Ksection_start:\(time.milliseconds / 1000):\(id)[collapsed=true]\r\u{1b}[0K" + title
        case .plain: return title
        }
    }

    /// nil where a group simply ends.
    func closing(id: String, at time: Timestamp) -> String? {
        switch self {
        case .github: "::endgroup::"
        case .gitlab: "\u{1b}[0Ksection_end:\(time.milliseconds / 1000):\(id)\r\u{1b}[0K"
        case .plain: nil
        }
    }

    /// Lines of the log that make the system annotate files; none where it reads a report instead.
    package func annotations(_ annotations: [CIAnnotation]) -> [String] {
        self == .github ? annotations.map(GitHubCommand.annotation) : []
    }
}
