import SluiceGit
import SluiceModel
import SluiceReport

/// Shows diagnostics to a person.
enum Diagnostics {
    static func tell(_ diagnostics: [Diagnostic], summary: Bool = true) {
        guard !diagnostics.isEmpty else { return }
        let style = Output.style(forTerminal: Console.tellsTerminal)
        Console.tell(style.spelled(DiagnosticText.lines(diagnostics, style: style).joined(separator: "\n")))
        if summary { Console.tell(DiagnosticText.summary(diagnostics, style: style)) }
    }
}
