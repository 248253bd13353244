import ArgumentParser
import SluiceModel
import SluiceReport

/// Files about a run that other programs read.
struct ReportFiles: ParsableArguments {
    @Option(help: ArgumentHelp("Write what became of stages and checks as JUnit XML.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("Write a summary in Markdown.", valueName: "file"))
    var summary: String?

    /// Before anything runs: nobody should learn at the end of a long run that its report has no place.
    func check() throws { for path in [junit, summary].compactMap(\.self) { try WantedFile(path: path).check() } }

    /// `note`: a sentence about the job.
    func write(_ record: RunRecord, note: String? = nil, diagnostics: [Diagnostic] = []) throws {
        if let junit { try WantedFile(path: junit).write(JUnitXML.lines(record)) }
        if let summary {
            try WantedFile(path: summary).write(JobSummary.lines(record, note: note, diagnostics: diagnostics))
        }
    }
}
