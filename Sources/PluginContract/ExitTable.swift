/// How a process ended.
public enum ProcessExit: Hashable, Sendable {
    case code(Int32)
    case signal(Int32)
}

/// What an exit means, once it has been held against the terminal line.
public enum ExitVerdict: Hashable, Sendable {
    case succeeded
    case skipped(reason: String?)
    /// The plugin's own verdict.
    case failed(reason: String?)
    case error(ErrorMessage)
    /// Signal, or the end without a terminal line.
    case crashed
    /// Message and exit status disagree; says what would agree.
    case mismatch(expected: String)
    /// Exit 11 with nothing said: it does not speak this protocol.
    case notSpoken
    /// It stopped as if cancelled.
    case stopped
}

/// The contract's exit table as pure functions.
public enum ExitTable {
    /// For `sluice/1`: message and exit status must agree. `wasCancelled` allows exit 30 with any message.
    public static func verdict(
        terminal: TerminalMessage?, exit: ProcessExit, wasCancelled: Bool = false
    ) -> ExitVerdict {
        guard case .code(let code) = exit else { return .crashed }
        if wasCancelled, code == 30 { return .stopped }
        switch terminal {
        case nil: return code == 11 ? .notSpoken : .crashed
        case .result(.ok, _): return code == 0 ? .succeeded : .mismatch(expected: "0")
        case .result(.skipped, let reason): return code == 0 ? .skipped(reason: reason) : .mismatch(expected: "0")
        case .result(.failed, let reason): return code == 10 ? .failed(reason: reason) : .mismatch(expected: "10")
        case .error(let error):
            let expected = error.failure.exitStatuses
            return expected.contains(code)
                ? .error(error) : .mismatch(expected: expected.map(String.init).joined(separator: " or "))
        }
    }

    /// For `command`: the exit status alone.
    public static func commandVerdict(exit: ProcessExit) -> ExitVerdict {
        guard case .code(let code) = exit else { return .crashed }
        switch code {
        case 0: return .succeeded
        case 10: return .failed(reason: "its own verdict (exit 10)")
        case 20: return error(.transient, code, "says that it may work when tried again")
        case 21: return error(.resource, code, "needs more than its grant")
        case 22: return error(.dependency, code, "says that something outside is down")
        case 30: return .stopped
        default: return error(.user, code, "failed")
        }
    }

    private static func error(_ failure: FailureClass, _ code: Int32, _ what: String) -> ExitVerdict {
        .error(ErrorMessage(failure, code: "command.exit_\(code)", message: "the command \(what) (exit \(code))"))
    }
}
