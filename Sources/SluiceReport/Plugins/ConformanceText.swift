import SluiceModel

/// `sluice plugin test`: a line for every case, and what was seen where one failed.
package enum ConformanceText {
    /// Of the longest name, with a blank behind it.
    private static let nameWidth = 24

    package static func head(_ name: String, _ version: String, wire: WireProtocol, examples: [String], style: Style)
        -> String
    {
        let list = examples.isEmpty ? "no examples" : "examples: " + examples.joined(separator: ", ")
        return (StyledText(name, .strong) + StyledText(" \(version), \(wire.rawValue), \(list)")).rendered(style)
    }

    package static func lines(_ one: ConformanceReport.Case, width: Int, style: Style) -> [String] {
        let name = StyledText(one.name).padded(to: nameWidth)
        switch one.verdict {
        case .passed:
            return [line(style.symbols.success, .good, name + StyledText(one.rule, .quiet), width, style)]
        case .skipped(let reason):
            return [line(style.symbols.skipped, .quiet, name + StyledText("skipped: " + reason, .quiet), width, style)]
        case .failed(let seen):
            return [line(style.symbols.failure, .bad, name + StyledText(one.rule), width, style)]
                + seen.map { "      " + SafeText.line($0) }
        }
    }

    private static func line(
        _ symbol: String, _ paint: Style.Paint, _ text: StyledText, _ width: Int, _ style: Style
    ) -> String {
        (StyledText("  \(symbol) ", paint) + text).truncated(to: width, style: style).rendered(style)
    }

    package static func summary(_ report: ConformanceReport, style: Style) -> String {
        let failed = report.failed.count
        let counts = "\(report.passed) passed, \(failed) failed, \(report.skipped.count) skipped"
        guard report.passed + failed > 0 else {
            return StyledText("no case was tried, which proves nothing: \(counts)", .bad).rendered(style)
        }
        return StyledText(counts, failed == 0 ? .good : .bad).rendered(style)
    }
}
