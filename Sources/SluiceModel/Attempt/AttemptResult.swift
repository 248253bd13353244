/// How an attempt ended and what it said; the counterpart of `AttemptRequest`.
///
/// Outputs are not in it: the engine collects them after an attempt that `succeeded`.
package struct AttemptResult: Sendable, Codable, Equatable {
    package var outcome: Outcome
    /// The plugin's reason with a `skipped` or failed result.
    package var reason: String?
    package var exit: Int32?
    /// `SIGSEGV`.
    package var signal: String?
    package var error: AttemptError?
    /// A crash is retried once whatever the policy lists.
    package var isCrash: Bool
    package var metrics: [String: Double]
    package var outputValues: [String: JSONValue]
    package var usage: Usage
    package var sandbox: Sandbox
    /// How its workspace was filled; nil in records of before it was known, and where another runner did it.
    package var snapshot: SnapshotKind?
    /// What held it to its grant; nil where no process was started.
    package var enforcement: Enforcement?
    /// What it wanted more of than it was granted.
    package var overrun: Overrun?
    /// The GPUs that were its own, as `CUDA_VISIBLE_DEVICES` names them.
    package var devices: [String]
    package var strays: Int
    package var warnings: [String]
    package var retryAfter: Duration?
    /// What was answered to the verb `estimate`, as it was said; nil for other verbs.
    package var answer: JSONValue?

    package init(
        outcome: Outcome, reason: String? = nil, exit: Int32? = nil, signal: String? = nil,
        error: AttemptError? = nil, isCrash: Bool = false, metrics: [String: Double] = [:],
        outputValues: [String: JSONValue] = [:], usage: Usage = Usage(), sandbox: Sandbox = .none,
        snapshot: SnapshotKind? = nil,
        enforcement: Enforcement? = nil, overrun: Overrun? = nil, devices: [String] = [], strays: Int = 0,
        warnings: [String] = [], retryAfter: Duration? = nil
    ) {
        self.outcome = outcome
        self.reason = reason
        self.exit = exit
        self.signal = signal
        self.error = error
        self.isCrash = isCrash
        self.metrics = metrics
        self.outputValues = outputValues
        self.usage = usage
        self.sandbox = sandbox
        self.snapshot = snapshot
        self.enforcement = enforcement
        self.overrun = overrun
        self.devices = devices
        self.strays = strays
        self.warnings = warnings
        self.retryAfter = retryAfter
    }

    /// Of an attempt that was stopped before a process of it was started.
    package static func stopped(_ reason: CancelReason) -> AttemptResult {
        AttemptResult(outcome: reason.outcome, reason: reason.rawValue)
    }
}

/// How an attempt or a stage ended.
package enum Outcome: String, Sendable, Codable, CaseIterable {
    case succeeded
    case failed
    case timedOut
    case cancelled
    case overLimit
    /// Its runner or node died; nobody saw its end.
    case lost
    case skipped
    case cached

    /// Whether stages that need this one may go on.
    package var isGood: Bool { self == .succeeded || self == .cached }
}

package struct AttemptError: Sendable, Codable, Equatable {
    /// Named `class` in JSON.
    package var errorClass: ErrorClass
    /// Stable: `protocol.exit_mismatch`, or the plugin's own.
    package var code: String
    package var message: String
    package var hint: String?
    package var detail: String?
    /// The last lines of stderr.
    package var stderr: [String]
    /// The last protocol line, as far as it can be shown.
    package var lastLine: String?

    package init(
        errorClass: ErrorClass, code: String, message: String, hint: String? = nil, detail: String? = nil,
        stderr: [String] = [], lastLine: String? = nil
    ) {
        self.errorClass = errorClass
        self.code = code
        self.message = message
        self.hint = hint
        self.detail = detail
        self.stderr = stderr
        self.lastLine = lastLine
    }

    private enum CodingKeys: String, CodingKey {
        case errorClass = "class"
        case code, message, hint, detail, stderr
        case lastLine = "last_line"
    }
}

/// What an attempt says while it runs; for people and recorders, never for decisions.
package enum AttemptEvent: Sendable, Codable, Equatable {
    case log(stream: LogStream, text: String)
    case progress(done: Double, total: Double?, unit: String?, message: String?)
    case metric(name: String, value: Double, step: Double?)
    case checkpoint(id: String)
    case heartbeat
    /// Its executor has not begun with it yet, and why.
    case waiting(reason: String)
    /// An executor that has a queue has begun with it.
    case began
}

package enum LogStream: String, Sendable, Codable { case stdout, stderr, log }
