import ArgumentParser
import SluiceModel

/// What the process ends with; the table of docs/cli-reference.md.
enum ExitStatus: Int32 {
    case success = 0
    /// A stage or a check failed.
    case failed = 1
    case usage = 64
    /// The pipeline or a manifest is invalid.
    case invalid = 65
    /// A program, executor or environment cannot be started.
    case unavailable = 69
    /// Our bug.
    case internalError = 70
    /// Repository or store.
    case storage = 74
    /// Held by the gate: try later.
    case held = 75
    /// Refused by the gate.
    case refused = 77
    case cancelled = 130

    var code: ExitCode { ExitCode(rawValue) }

    /// For definitions with errors; a plugin that speaks another version of the contract is no fault of theirs.
    static func of(_ diagnostics: [Diagnostic]) -> ExitStatus {
        let errors = diagnostics.filter { $0.severity == .error }
        let isVersion = errors.allSatisfy { $0.id == "manifest.unknown-protocol" && $0.message.contains("`sluice/") }
        return !errors.isEmpty && isVersion ? .unavailable : .invalid
    }
}

/// An error for a person, with the status that the process ends with.
struct CommandFailure: Error {
    var status: ExitStatus
    var message: String
    var hint: String?

    init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }
}
