import SluiceModel

/// The report as JUnit's XML, the form that CI systems read.
package enum ConformanceJUnit {
    package static func text(_ report: ConformanceReport) -> String {
        let time = report.cases.reduce(0) { $0 + $1.seconds }
        let head =
            "<testsuite name=\"\(escaped(report.plugin))\" tests=\"\(report.cases.count)\" "
            + "failures=\"\(report.failed.count)\" errors=\"0\" skipped=\"\(report.skipped.count)\" "
            + "time=\"\(DecimalText.fixed(time, places: 3))\">"
        let cases = report.cases.flatMap { lines(of: $0, plugin: report.plugin) }
        return (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", head] + cases + ["</testsuite>", ""])
            .joined(separator: "\n")
    }

    private static func lines(of one: ConformanceReport.Case, plugin: String) -> [String] {
        let open =
            "  <testcase classname=\"\(escaped(plugin)).\(escaped(one.group))\" name=\"\(escaped(one.name))\" "
            + "time=\"\(DecimalText.fixed(one.seconds, places: 3))\""
        switch one.verdict {
        case .passed: return [open + "/>"]
        case .skipped(let reason):
            return [open + ">", "    <skipped message=\"\(escaped(reason))\"/>", "  </testcase>"]
        case .failed(let seen):
            let text = seen.map { escaped($0) }.joined(separator: "\n")
            return [open + ">", "    <failure message=\"\(escaped(one.rule))\">\(text)</failure>", "  </testcase>"]
        }
    }

    /// What XML 1.0 has no place for is shown as an escape first.
    private static func escaped(_ text: String) -> String {
        SafeText.line(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
