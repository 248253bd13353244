import SluiceModel

/// Any error that reaches a command, as one line for a person and a status for the process.
enum ErrorText {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let failure as CommandFailure: failure.hint.map { "\(failure.message) (\($0))" } ?? failure.message
        case let invalid as InvalidDefinition: invalid.diagnostics.first?.message ?? "the definition is not valid"
        default: "\(error)"
        }
    }

    static func status(of error: any Error) -> ExitStatus {
        switch error {
        case let failure as CommandFailure: failure.status
        case let invalid as InvalidDefinition: .of(invalid.diagnostics)
        case is GitError, is StoreError, is ArtifactError: .storage
        case is PluginError: .unavailable
        default: .internalError
        }
    }
}
