import SluiceModel

/// `sluice plugin test --json`.
package struct ConformanceJSON: Encodable {
    private let schema = "sluice.conformance/v1"
    private let plugin, version, wire: String
    private let examples: [String]
    private let hasPassed: Bool
    private let passed, failed, skipped: Int
    private let cases: [Case]

    package init(_ report: ConformanceReport) {
        plugin = report.plugin
        version = report.version
        wire = report.wire.rawValue
        examples = report.examples
        hasPassed = report.hasPassed
        (passed, failed, skipped) = (report.passed, report.failed.count, report.skipped.count)
        cases = report.cases.map(Case.init)
    }

    private enum CodingKeys: String, CodingKey {
        case schema, plugin, version, examples, passed, failed, skipped, cases
        case wire = "protocol"
        case hasPassed = "ok"
    }

    private struct Case: Encodable {
        let name, rule, verdict: String
        /// Lines of what was seen, or why it was skipped.
        let detail: [String]
        let seconds: Double

        init(_ one: ConformanceReport.Case) {
            name = one.name
            rule = one.rule
            seconds = one.seconds
            switch one.verdict {
            case .passed: (verdict, detail) = ("passed", [])
            case .failed(let seen): (verdict, detail) = ("failed", seen)
            case .skipped(let reason): (verdict, detail) = ("skipped", [reason])
            }
        }

        private enum CodingKeys: String, CodingKey {
            case name, rule, verdict, detail
            case seconds = "time_s"
        }
    }
}
