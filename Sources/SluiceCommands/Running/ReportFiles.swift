import ArgumentParser
import SluiceModel
import SluiceReport

/// Files about a run that other programs read.
struct ReportFiles: ParsableArguments {
    @Option(help: ArgumentHelp("Write what became of stages and checks as JUnit XML.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("Write a summary in Markdown.", valueName: "file"))
    var summary: String?

    /// `note`: a sentence about the job.
    func write(_ record: RunRecord, note: String? = nil, diagnostics: [Diagnostic] = []) throws {
        if let junit { try Self.write(JUnitXML.lines(record), to: junit) }
        if let summary {
            try Self.write(JobSummary.lines(record, note: note, diagnostics: diagnostics), to: summary)
        }
    }

    static func write(_ lines: [String], to path: String) throws {
        try Files.replace(path, with: lines.joined(separator: "\n") + "\n", mode: 0o644)
    }
}
