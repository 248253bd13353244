import SluiceEngine
import SluiceModel
import SluiceReport

/// What is said at the end of a run in the foreground, and what the process ends with.
struct RunEnding {
    let output: Output

    /// `tellsDiagnostics`: also on stderr, for whoever reads that alone; nobody does where both are one terminal.
    func tell(_ record: RunRecord, answersEvents: Bool = false, tellsDiagnostics: Bool = true) {
        if output.json {
            output.answer(RunJSON(record))
        } else if !answersEvents {
            let isOneTerminal = Console.answersToTerminal && Console.tellsTerminal
            if tellsDiagnostics, !isOneTerminal { Diagnostics.tell(record.diagnostics) }
            output.answer(RunText.ending(record, width: output.width, style: output.style))
        }
    }

    /// Writes files about the run, and throws the status of what did not succeed; a run's own goes before that of a
    /// file that could not be written.
    static func end(_ record: RunRecord, _ outcome: RunOutcome, writing files: () throws -> Void) throws {
        let status = status(of: record, outcome)
        do {
            try files()
        } catch  where status != nil {
            Console.tell("sluice: \(ErrorText.describe(error))")
        }
        if let status { throw status.code }
    }

    /// nil: success.
    static func status(of record: RunRecord, _ outcome: RunOutcome) -> ExitStatus? {
        switch outcome {
        case .succeeded: nil
        case .failed: .failed
        case .cancelled: .cancelled
        case .lost: .internalError
        case .refused where record.reason?.hasPrefix(Halt.held) == true: .held
        case .refused: record.diagnostics.contains { $0.severity == .error } ? .of(record.diagnostics) : .refused
        }
    }
}
