/// A line from the plugin to the runner, whose token was right.
public enum PluginMessage: Hashable, Sendable {
    case hello(wire: String)
    case log(level: String, message: String, fields: JSON?)
    case progress(done: Double, total: Double?, unit: String?, message: String?)
    /// Without a step it is the stage's metric, the last one wins.
    case metric(name: String, value: Double, step: Double?)
    case output(name: String, value: JSON)
    /// `path` is relative to the scratch folder.
    case checkpoint(id: String, path: String)
    case heartbeat
    /// The answer to the verb `estimate`.
    case estimate(profiles: JSON)
    case terminal(TerminalMessage)
}

/// The one line with which a plugin says how it ended.
public enum TerminalMessage: Hashable, Sendable {
    case result(ResultStatus, reason: String?)
    case error(ErrorMessage)
}

public enum ResultStatus: String, Hashable, Sendable { case ok, failed, skipped }

/// Why a plugin could not do its work.
public struct ErrorMessage: Hashable, Sendable {
    public var failure: FailureClass
    /// Stable, the plugin's own.
    public var code: String
    public var message: String
    public var hint: String?
    public var detail: String?
    /// Seconds.
    public var retryAfter: Double?

    public init(
        _ failure: FailureClass, code: String, message: String, hint: String? = nil, detail: String? = nil,
        retryAfter: Double? = nil
    ) {
        self.failure = failure
        self.code = code
        self.message = message
        self.hint = hint
        self.detail = detail
        self.retryAfter = retryAfter
    }
}
