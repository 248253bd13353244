import SluiceModel

/// A run for a person: `sluice runs show`, and the table at the end of `sluice run`.
package enum RunText {
    /// Everything that is known of the run.
    package static func lines(_ record: RunRecord, width: Int, style: Style) -> [String] {
        let sections = RunSections(record: record, width: width, style: style)
        return joined([
            sections.head() + sections.facts(), sections.verdict(), sections.limits(), sections.diagnostics(),
            sections.stages(), sections.queues(), sections.cache(), sections.decisions(),
            sections.checks(failedOnly: false),
            sections.metrics(), sections.outputs(), sections.artifacts(), sections.estimates(), sections.measured(),
            sections.usage(), sections.replans(), sections.warnings(), sections.errors(),
        ])
    }

    /// What a person wants to see when a run has ended.
    package static func ending(_ record: RunRecord, width: Int, style: Style) -> [String] {
        let sections = RunSections(record: record, width: width, style: style)
        let isAdmitted = record.decision?.isAdmitted ?? true
        return joined([
            sections.head(), isAdmitted ? [] : sections.verdict(), isAdmitted ? [] : sections.limits(),
            sections.diagnostics(), sections.stages(),
            sections.checks(failedOnly: true), sections.outputs(), sections.warnings(), sections.errors(),
        ])
    }

    private static func joined(_ sections: [[String]]) -> [String] {
        Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }
}
