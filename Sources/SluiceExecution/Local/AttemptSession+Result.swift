import PluginContract
import SluiceModel

extension AttemptSession {
    /// How it ended; asked for once, when `isOver`.
    func result() -> AttemptResult {
        var result = ending()
        switch exit {
        case .code(let code): result.exit = code
        case .signal(let number): result.signal = signalName(number)
        case nil: break
        }
        if result.error != nil {
            result.error?.stderr = voice.stderrTail.lines(64)
            result.error?.lastLine = shownLastLine
        }
        result.metrics = voice.findings.metrics
        result.outputValues = voice.findings.outputValues
        result.answer = voice.findings.answer
        result.strays = voice.findings.strays
        result.warnings = voice.findings.allWarnings
        result.usage = Usage(
            wall: Double((end ?? start) - start) / 1000, cpu: totals.cpu, memoryPeak: totals.memoryPeak,
            written: totals.written)
        return result
    }

    private func ending() -> AttemptResult {
        if let executionFailure { return notExecutable(executionFailure) }
        if let stop { return stopped(stop) }
        if let violation = voice.violation { return AttemptResult(outcome: .failed, error: violation) }
        if hasOutstayed { return mismatch("it said how it ended and did not exit within its grace") }
        guard let exit, !supervisorIsLost else {
            return crash("its supervisor was killed, and the program with it")
        }
        let verdict =
            request.wire == .sluice1
            ? ExitTable.verdict(terminal: voice.terminal, exit: exit) : ExitTable.commandVerdict(exit: exit)
        return ending(verdict, exit)
    }

    private func ending(_ verdict: ExitVerdict, _ exit: ProcessExit) -> AttemptResult {
        switch verdict {
        case .succeeded: return AttemptResult(outcome: .succeeded, reason: shown(okReason))
        case .skipped(let reason): return AttemptResult(outcome: .skipped, reason: shown(reason))
        case .failed(let reason): return AttemptResult(outcome: .failed, reason: shown(reason))
        case .error(let message): return failed(message)
        case .crashed: return crash(crashText(exit))
        case .mismatch(let expected):
            return mismatch("it said '\(terminalWord)' (exit \(expected)) and \(Self.exitText(exit))")
        case .notSpoken:
            let error = AttemptError.contract(
                "protocol.version",
                "the plugin does not speak \(ContractLimits.wire), which this runner speaks (exit 11): upgrade the plugin",
                .config)
            return AttemptResult(outcome: .failed, error: error)
        case .stopped: return mismatch("it ended as cancelled (exit 30) and nobody had cancelled it")
        }
    }

    private func notExecutable(_ failure: (errno: Int32, what: String)) -> AttemptResult {
        if failure.what == "cgroup" {
            let message = "its control group could not be joined: \(errorText(failure.errno))"
            return AttemptResult(outcome: .failed, error: .contract("runner.no_group", message, .transient))
        }
        if failure.what == Self.sandbox { return notWalled() }
        let what = failure.what == "exec" ? "cannot be executed" : "cannot be started (\(failure.what))"
        let error = AttemptError.contract(
            "plugin.not_executable", "the program \(what): \(errorText(failure.errno))", .config)
        return AttemptResult(outcome: .failed, error: error)
    }

    /// Nothing of the plugin has run, so what stands on stderr is the sandbox's own word.
    private func notWalled() -> AttemptResult {
        let said = voice.stderrTail.lines(1).last ?? "it said nothing"
        let isProgram = said.hasPrefix("bwrap: execvp ")
        let error = AttemptError.contract(
            isProgram ? "plugin.not_executable" : "sandbox.failed",
            isProgram
                ? "the program cannot be executed: \(said.dropFirst("bwrap: execvp ".count))"
                : "its sandbox could not be made: \(said)", .config)
        return AttemptResult(outcome: .failed, error: error)
    }

    /// A stop's outcome stands, whatever the plugin still said.
    private func stopped(_ stop: AttemptStop) -> AttemptResult {
        switch stop.cause {
        case .asked(let reason): return AttemptResult(outcome: stop.outcome, reason: reason.rawValue)
        case .timeout:
            return AttemptResult(
                outcome: .timedOut, reason: "over its timeout of \(DurationText.short(request.timeout))")
        case .stalled:
            let silence = (request.heartbeat ?? .zero) * 3
            let error = AttemptError.contract(
                "heartbeat.stalled", "it said nothing for \(DurationText.short(silence)), three times its heartbeat")
            return AttemptResult(outcome: .timedOut, error: error)
        case .violation: return AttemptResult(outcome: .failed, error: voice.violation)
        case .overrun(let overrun): return Self.overran(overrun)
        }
    }

    /// Memory is what an escalated retry may bring; more of anything else would only be used up too.
    private static func overran(_ overrun: Overrun) -> AttemptResult {
        let error = AttemptError(
            errorClass: overrun.resource == .memory ? .resource : .user, code: "limit.\(overrun.resource.rawValue)",
            message: overrun.description, hint: "raise `\(overrun.resource.rawValue)` in the stage's profile")
        return AttemptResult(outcome: .overLimit, error: error, overrun: overrun)
    }

    private func failed(_ message: ErrorMessage) -> AttemptResult {
        let error = AttemptError(
            errorClass: ErrorClass(rawValue: message.failure.rawValue) ?? .internal,
            code: ShownText.escaped(message.code), message: ShownText.escaped(message.message),
            hint: shown(message.hint), detail: shown(message.detail))
        // Over a year is no advice, and would not fit into a Duration's arithmetic later on.
        let wait = message.retryAfter.map { Duration.milliseconds(Int64(min(max(0, $0), 3e7) * 1000)) }
        return AttemptResult(outcome: .failed, error: error, retryAfter: wait)
    }

    private func mismatch(_ message: String) -> AttemptResult {
        AttemptResult(outcome: .failed, error: .contract("protocol.exit_mismatch", message))
    }

    private func crash(_ message: String) -> AttemptResult {
        AttemptResult(outcome: .failed, error: .contract("plugin.crashed", message), isCrash: true)
    }

    static func exitText(_ exit: ProcessExit) -> String {
        switch exit {
        case .code(let code): "exited with \(code)"
        case .signal(let number): "was ended by \(signalName(number))"
        }
    }

    private func crashText(_ exit: ProcessExit) -> String {
        guard case .code = exit else { return "it " + Self.exitText(exit) }
        return "it \(Self.exitText(exit)) without saying how it ended"
    }

    private var terminalWord: String {
        switch voice.terminal {
        case .result(let status, _): status.rawValue
        case .error(let message): "\(message.failure.rawValue) error"
        case nil: "nothing"
        }
    }

    private var okReason: String? {
        guard case .result(_, let reason) = voice.terminal else { return nil }
        return reason
    }

    /// The last protocol line without its token.
    private var shownLastLine: String? {
        guard !voice.lastLine.isEmpty else { return nil }
        let text = String(decoding: voice.lastLine, as: UTF8.self)
        return ShownText.escaped(text.split(separator: token, omittingEmptySubsequences: false).joined(separator: "…"))
    }

    private func shown(_ text: String?) -> String? { text.map { ShownText.escaped($0) } }
}
