import SluiceModel

/// Diagnostics for people: place, message, the line with a caret, and the hint.
package enum DiagnosticText {
    /// Columns of an excerpt that are shown; a longer line is cut around its caret.
    private static let excerptWidth = 120
    private static let tabStop = 4

    /// All diagnostics in the order of their places, with an empty line between two.
    package static func lines(_ diagnostics: [Diagnostic], style: Style) -> [String] {
        let ordered = diagnostics.enumerated().sorted { left, right in
            (left.element.location, left.offset) < (right.element.location, right.offset)
        }
        return Array(ordered.map { lines($0.element, style: style) }.joined(separator: [""]))
    }

    package static func lines(_ diagnostic: Diagnostic, style: Style) -> [String] {
        let line = String(diagnostic.location.line)
        let margin = StyledText.blanks(line.count + 3)
        var result = [head(diagnostic)]
        if !diagnostic.excerpt.isEmpty {
            let (text, caret) = window(diagnostic.excerpt, column: diagnostic.location.column, style: style)
            let gutter = StyledText(style.symbols.gutter, .quiet)
            result.append(StyledText("  \(line) ", .quiet) + gutter + " " + StyledText(text))
            result.append(margin + gutter + .blanks(caret + 1) + StyledText("^", paint(diagnostic.severity)))
        }
        if let hint = diagnostic.hint {
            result.append(
                (diagnostic.excerpt.isEmpty ? "  " : margin) + StyledText("hint: ", .active) + StyledText(hint))
        }
        return result.map { $0.rendered(style) }
    }

    /// `3 errors, 1 warning in 2 files`.
    package static func summary(_ diagnostics: [Diagnostic], style: Style = .plain) -> String {
        let counts: [(Diagnostic.Severity, String)] = [(.error, "error"), (.warning, "warning"), (.note, "note")]
        let parts = counts.compactMap { severity, noun -> StyledText? in
            let count = diagnostics.count { $0.severity == severity }
            return count == 0 ? nil : StyledText(HumanUnits.count(count, noun), paint(severity))
        }
        guard !parts.isEmpty else { return StyledText("no problems found", .good).rendered(style) }
        let files = Set(diagnostics.map(\.location.file)).count
        return (parts.joined(by: ", ") + StyledText(" in " + HumanUnits.count(files, "file"))).rendered(style)
    }

    static func paint(_ severity: Diagnostic.Severity) -> Style.Paint {
        switch severity {
        case .error: .bad
        case .warning: .warning
        case .note: .active
        }
    }

    private static func head(_ diagnostic: Diagnostic) -> StyledText {
        StyledText(diagnostic.location.description + ": ", .strong)
            + StyledText(diagnostic.severity.rawValue + ": ", paint(diagnostic.severity))
            + StyledText(diagnostic.message) + " " + StyledText("[" + diagnostic.id + "]", .quiet)
    }

    /// The excerpt as it is shown, and how many columns stand before the caret.
    private static func window(_ excerpt: String, column: Int, style: Style) -> (text: String, caret: Int) {
        let before = shown(String(excerpt.prefix(min(max(1, column), excerpt.count + 1) - 1)))
        let text = shown(excerpt)
        let caret = DisplayWidth.of(before)
        guard DisplayWidth.of(text) > excerptWidth || caret > excerptWidth else { return (text, caret) }
        let mark = style.symbols.ellipsis
        guard caret > excerptWidth - 20 else { return (cut(text, style: style), caret) }
        let dropped = DisplayWidth.prefix(of: text, columns: caret - excerptWidth / 2)
        let rest = String(text.dropFirst(dropped.count))
        return (cut(mark + rest, style: style), caret - DisplayWidth.of(dropped) + DisplayWidth.of(mark))
    }

    private static func cut(_ text: String, style: Style) -> String {
        guard DisplayWidth.of(text) > excerptWidth else { return text }
        return DisplayWidth.prefix(of: text, columns: excerptWidth) + style.symbols.ellipsis
    }

    private static func shown(_ text: String) -> String {
        SafeText.line(SafeText.withoutTabs(text, stop: tabStop))
    }
}
