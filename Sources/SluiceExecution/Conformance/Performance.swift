import PluginContract
import SluiceModel

/// What was seen of a plugin in one scene.
struct Performance: Sendable {
    /// A line with the token, whatever is wrong with it.
    struct Line: Sendable {
        var received: ReceivedLine
        /// Without the token.
        var json: JSON
        /// Milliseconds since the start.
        var at: Int64
    }

    var lines: [Line] = []
    /// Lines of stdout that are none, at most some.
    var strays: [String] = []
    /// Strays that break a rule for lines so that nobody can say what they were.
    var malformed: [String] = []
    var errors: [String] = []
    var endsWithoutLineFeed = false
    var exit: ProcessExit?
    /// Why the program could not be executed.
    var failure: String?
    var leftovers: [String] = []
    /// Ended by the kit, because its time was over.
    var outstayed: Int64?
    /// When the cue that asks to stop was given, and when it had ended.
    var askedAt: Int64?
    var endedAt: Int64 = 0
    var wasAskedToStop = false
    var files = SceneFiles.Findings()
    /// The attempt's folder, and the line that was sent first.
    var root = ""
    var start: [UInt8] = []

    var messages: [PluginMessage] {
        lines.compactMap { line in
            if case .message(let message) = line.received { message } else { nil }
        }
    }

    var terminals: [(index: Int, message: TerminalMessage)] {
        lines.enumerated().compactMap { index, line in
            if case .message(.terminal(let terminal)) = line.received { (index, terminal) } else { nil }
        }
    }

    var terminal: TerminalMessage? { terminals.first?.message }

    /// By the contract's exit table.
    func verdict(_ wire: WireProtocol) -> ExitVerdict? {
        guard let exit, failure == nil else { return nil }
        return wire == .command
            ? ExitTable.commandVerdict(exit: exit)
            : ExitTable.verdict(terminal: terminal, exit: exit, wasCancelled: wasAskedToStop)
    }

    /// In the words of an example's `expect`; nil for a crash and whatever else no example can want.
    func ending(_ wire: WireProtocol) -> PluginExample.Ending? {
        switch verdict(wire) {
        case .succeeded: .ok
        case .skipped: .skipped
        case .failed: .failed
        case .error(let error): PluginExample.Ending(rawValue: error.failure.rawValue)
        default: nil
        }
    }

    /// How it ended, for a person.
    func story(_ wire: WireProtocol) -> String {
        if let failure { return "could not be started: \(failure)" }
        if let outstayed { return "was still there after \(Self.seconds(outstayed)) and was killed" }
        let exit = exitText
        switch verdict(wire) {
        case .succeeded: return "ok (\(exit))"
        case .skipped(let reason): return "skipped (\(exit)): \(reason ?? "no reason")"
        case .failed(let reason): return "failed (\(exit)): \(reason ?? "no reason")"
        case .error(let error): return "error of class \(error.failure.rawValue) (\(exit)): \(error.message)"
        case .mismatch(let expected): return "\(terminalText) with \(exit), where exit \(expected) would agree"
        case .notSpoken: return "exit 11: it does not speak the protocol"
        case .stopped: return "stopped as asked (\(exit))"
        case .crashed: return wire == .command ? exit : "\(terminalText) and \(exit)"
        case nil: return "did not end"
        }
    }

    var exitText: String {
        switch exit {
        case .code(let code): "exit \(code)"
        case .signal(let number): signalName(number)
        case nil: "no exit"
        }
    }

    private var terminalText: String {
        switch terminal {
        case .result(let status, _): "`result` \(status.rawValue)"
        case .error(let error): "`error` of class \(error.failure.rawValue)"
        case nil: "no terminal line"
        }
    }

    static func seconds(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(Double(milliseconds / 100) / 10) s"
    }
}
