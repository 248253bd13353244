import PluginContract
import SluiceModel

/// One attempt as a state machine: bytes, reports, cancellation and time go in, actions come out. It touches no
/// process and no clock; `AttemptLoop` does what it says.
///
/// `now` is in milliseconds of a clock that does not go back.
struct AttemptSession {
    enum Action: Equatable {
        case send([UInt8])
        /// End of stdin, after everything that was sent.
        case hangUp
        case terminate
        /// Everything, by the supervisor.
        case kill
        /// The supervisor does not answer: kill it, then what it leaves.
        case abandon
    }

    /// After a kill, and after the program's end, this long until the supervisor must have reported.
    static let supervisorPatience: Int64 = 8000
    /// After everything is gone, this long until open pipes are left alone: somebody else holds them.
    static let drainTime: Int64 = 2000

    let request: AttemptRequest
    let token: String
    let start: Int64
    private let grace: Int64
    private let listener: any AttemptListener

    private(set) var actions: [Action] = []
    private(set) var findings = Findings()
    private(set) var stderrTail = StreamTail()
    private(set) var lastLine: [UInt8] = []
    private(set) var terminal: TerminalMessage?
    private(set) var violation: AttemptError?
    private(set) var stop: AttemptStop?
    private(set) var exit: ProcessExit?
    private(set) var executionFailure: (errno: Int32, what: String)?
    private(set) var totals = SupervisorReport.Totals()
    private(set) var hasOutstayed = false
    private(set) var supervisorIsLost = false
    private(set) var isOver = false
    private(set) var end: Int64?

    private var decoders: [LogStream: LineDecoder]
    private var metricRate: RateLimit
    private var lastLife: Int64
    private var terminalAt: Int64?
    private var supervisorDeadline: Int64?
    private var drainDeadline: Int64?
    private var hasKilled = false
    private var leftovers: [String] = []

    /// The first actions are the `start` line and, for a `command`, the end of stdin.
    init(request: AttemptRequest, token: String, listener: any AttemptListener, now: Int64) {
        self.request = request
        self.token = token
        self.listener = listener
        start = now
        lastLife = now
        grace = max(0, request.grace.wholeMilliseconds)
        metricRate = RateLimit(perSecond: request.limits.metricsPerSecond, now: now)
        let speaks = request.wire == .sluice1
        decoders = [
            .stdout: LineDecoder(limit: request.limits.line, looksForMessages: speaks),
            .stderr: LineDecoder(limit: request.limits.line, looksForMessages: false),
        ]
        actions.append(.send(RunnerMessage.start(StartMessage(request, token: token)).line))
        if !speaks { actions.append(.hangUp) }
    }

    mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }
}

// MARK: - The plugin's output

extension AttemptSession {
    mutating func received(_ bytes: UnsafeRawBufferPointer, on stream: LogStream, now: Int64) {
        decode(stream, now) { decoder, emit in decoder.append(bytes, emit: emit) }
    }

    /// The stream has ended.
    mutating func ended(_ stream: LogStream, now: Int64) {
        decode(stream, now) { decoder, emit in decoder.finish(emit: emit) }
        decoders[stream] = nil
        endIfDrained(now)
    }

    private mutating func decode(
        _ stream: LogStream, _ now: Int64, _ body: (inout LineDecoder, (LineDecoder.Piece) -> Void) -> Void
    ) {
        guard var decoder = decoders[stream] else { return }
        var pieces: [LineDecoder.Piece] = []
        body(&decoder) { pieces.append($0) }
        decoders[stream] = decoder
        for piece in pieces { take(piece, stream, now) }
    }

    private mutating func take(_ piece: LineDecoder.Piece, _ stream: LogStream, _ now: Int64) {
        switch piece {
        case .text(let text, let lines):
            if stream == .stderr { stderrTail.append(text) } else { findings.strays += lines }
            listener.text(text, lines: lines, stream: stream, now: now)
        case .overlong(let prefix, let bytes):
            let note = "… a line of \(bytes) bytes, the limit is \(request.limits.line)"
            let text = prefix + Array(note.utf8) + [0x0A]
            if stream == .stderr {
                stderrTail.append(text)
            } else if request.wire == .sluice1 {
                findings.countMalformed(note, hasToken: false)
            } else {
                findings.strays += 1
            }
            listener.text(text, lines: 1, stream: stream, now: now)
        case .candidate(let line): judge(line, now)
        }
    }

    private mutating func judge(_ line: [UInt8], _ now: Int64) {
        switch ReceivedLine(line, token: token) {
        case .stray: stray(line, now)
        case .malformed(let error):
            findings.countMalformed(error.description, hasToken: contains(line, token))
            stray(line, now, isCounted: true)
        case .message(let message):
            protocolLine(line, now, isTerminal: message.isTerminal)
            if violation == nil { hear(message, now) }
        case .dropped(let error):
            protocolLine(line, now)
            findings.warn("dropped: \(ShownText.escaped(error.description))")
        case .unknown:
            protocolLine(line, now)
            findings.countUnknown()
        case .critical(let type):
            protocolLine(line, now)
            violate("protocol.critical", "it needs messages of the type '\(ShownText.escaped(type))'", .config, now)
        }
    }

    private mutating func stray(_ line: [UInt8], _ now: Int64, isCounted: Bool = false) {
        if !isCounted { findings.strays += 1 }
        listener.text(line + [0x0A], lines: 1, stream: .stdout, now: now)
    }

    /// Any line with the token: a sign of life, and nothing may come after the terminal one.
    private mutating func protocolLine(_ line: [UInt8], _ now: Int64, isTerminal: Bool = false) {
        lastLife = now
        lastLine = Array(line.prefix(4096))
        guard terminal != nil, violation == nil else { return }
        violation =
            isTerminal
            ? .contract("protocol.second_terminal", "it said twice how it ended")
            : .contract("protocol.after_terminal", "it went on speaking after its terminal line")
    }

    private func contains(_ line: [UInt8], _ token: String) -> Bool {
        let needle = Array(token.utf8)
        return line.split(separator: UInt8(ascii: "\"")).contains { $0.elementsEqual(needle) }
    }
}

// MARK: - Messages

extension AttemptSession {
    private mutating func hear(_ message: PluginMessage, _ now: Int64) {
        switch message {
        case .hello(let wire): hello(wire, now)
        case .log(let level, let text, let fields): log(level, text, fields, now)
        case .progress(let done, let total, let unit, let text):
            let event = AttemptEvent.progress(
                done: done, total: total, unit: unit.map { ShownText.escaped($0) },
                message: text.map { ShownText.escaped($0) })
            listener.event(event, now: now)
        case .metric(let name, let value, let step): metric(name, value, step, now)
        case .output(let name, let value): findings.setOutput(name, value)
        case .checkpoint(let id, _):
            findings.warn("checkpoints are not stored by this executor: '\(id)' cannot be resumed from")
            listener.event(.checkpoint(id: id), now: now)
        case .heartbeat: listener.event(.heartbeat, now: now)
        case .estimate: findings.countUnknown()
        case .terminal(let message):
            terminal = message
            terminalAt = now
        }
    }

    private mutating func hello(_ wire: String, _ now: Int64) {
        guard wire != ContractLimits.wire, !wire.hasPrefix(ContractLimits.wire + ".") else { return }
        let theirs = ShownText.escaped(String(wire.prefix(40)))
        violate(
            "protocol.version",
            "the plugin speaks \(theirs), this runner \(ContractLimits.wire): upgrade the older one",
            .config, now)
    }

    private func log(_ level: String, _ text: String, _ fields: JSON?, _ now: Int64) {
        var line = level == "info" ? text : "\(level): \(text)"
        if let fields { line += " " + String(decoding: fields.line, as: UTF8.self) }
        listener.event(.log(stream: .log, text: line.split(separator: "\n").joined(separator: " ⏎ ")), now: now)
    }

    private mutating func metric(_ name: String, _ value: Double, _ step: Double?, _ now: Int64) {
        if step == nil { findings.setMetric(name, value) }
        guard metricRate.take(now) else { return findings.countOverRate() }
        listener.event(.metric(name: name, value: value, step: step), now: now)
    }

    private mutating func violate(_ code: String, _ message: String, _ errorClass: ErrorClass, _ now: Int64) {
        guard violation == nil else { return }
        violation = .contract(code, message, errorClass)
        begin(.violation, now)
    }
}

// MARK: - Stopping and time

extension AttemptSession {
    mutating func cancelled(_ state: Cancellation.State, now: Int64) {
        guard exit == nil, !isOver, let reason = state.reason else { return }
        begin(.asked(reason), now)
        if state.killNow { killAll(now) }
    }

    private mutating func begin(_ cause: AttemptStop.Cause, _ now: Int64) {
        guard stop == nil, exit == nil else { return }
        let speaks = request.wire == .sluice1
        let stop = AttemptStop(cause, at: now, grace: grace, hearsCancel: speaks)
        self.stop = stop
        let message = RunnerMessage.cancel(reason: stop.reason.rawValue, grace: Double(grace) / 1000)
        if speaks { actions.append(.send(message.line)) }
    }

    private mutating func killAll(_ now: Int64) {
        guard !hasKilled else { return }
        hasKilled = true
        actions.append(.kill)
        supervisorDeadline = min(supervisorDeadline ?? .max, now + Self.supervisorPatience)
    }

    /// Does what is due at this time.
    mutating func tick(now: Int64) {
        if exit == nil, executionFailure == nil { tickRunning(now) }
        if let deadline = supervisorDeadline, now >= deadline {
            supervisorDeadline = nil
            actions.append(.abandon)
        }
        if let deadline = drainDeadline, now >= deadline {
            findings.warn("a pipe was still held open by a process outside of the attempt")
            isOver = true
        }
    }

    private mutating func tickRunning(_ now: Int64) {
        if stop == nil, let deadline = runningDeadlines.first(where: { now >= $0.at }) {
            switch deadline.event {
            case .timeout: begin(.timeout, now)
            case .stalled: begin(.stalled, now)
            case .outstayed:
                hasOutstayed = true
                killAll(now)
            }
        }
        guard var stop else { return }
        if now >= stop.killAt {
            killAll(now)
        } else if now >= stop.terminateAt, !stop.hasTerminated {
            stop.hasTerminated = true
            self.stop = stop
            actions.append(.terminate)
        }
    }

    private enum RunningEvent { case timeout, stalled, outstayed }

    private var runningDeadlines: [(at: Int64, event: RunningEvent)] {
        if let terminalAt { return [(terminalAt + grace, .outstayed)] }
        let timeout = (at: start + request.timeout.wholeMilliseconds, event: RunningEvent.timeout)
        guard request.wire == .sluice1, let heartbeat = request.heartbeat else { return [timeout] }
        return [timeout, (lastLife + 3 * heartbeat.wholeMilliseconds, .stalled)]
    }

    /// When `tick` has to be called next at the latest; nil: only when something comes in.
    var nextDeadline: Int64? {
        var all = [supervisorDeadline, drainDeadline].compactMap { $0 }
        if exit == nil, executionFailure == nil, !hasKilled {
            if let stop {
                all.append(stop.hasTerminated ? stop.killAt : stop.terminateAt)
            } else {
                all += runningDeadlines.map(\.at)
            }
        }
        return all.min()
    }
}

// MARK: - The process

extension AttemptSession {
    mutating func reported(_ report: SupervisorReport, now: Int64) {
        switch report {
        case .executionFailed(let errno, let what): executionFailure = (errno, what)
        case .exited(let status, let totals): exited(status, totals, now)
        case .leftover(let pid, let name): leftovers.append("\(ShownText.escaped(name)) (pid \(pid))")
        case .finished(let totals):
            finished(totals, now)
        }
    }

    /// The supervisor's status pipe has ended. Without its last report it was killed; then the caller has killed
    /// what it left behind.
    mutating func supervisorEnded(now: Int64) {
        if drainDeadline == nil, !isOver {
            supervisorIsLost = exit == nil && executionFailure == nil
            findings.warn("the attempt's supervisor was killed")
            finish(now)
        }
    }

    private mutating func exited(_ status: ProcessExit, _ totals: SupervisorReport.Totals, _ now: Int64) {
        exit = status
        end = now
        self.totals = totals
        supervisorDeadline = now + Self.supervisorPatience
        actions.append(.hangUp)
    }

    private mutating func finished(_ totals: SupervisorReport.Totals, _ now: Int64) {
        self.totals = totals
        if totals.leftovers > 0, !hasKilled {
            let names = leftovers.isEmpty ? "" : ": " + leftovers.joined(separator: ", ")
            findings.warn("\(totals.leftovers) processes were left running and killed\(names)")
        }
        if totals.survivors > 0 { findings.warn("\(totals.survivors) processes could not be killed") }
        finish(now)
    }

    private mutating func finish(_ now: Int64) {
        supervisorDeadline = nil
        end = end ?? now
        drainDeadline = now + Self.drainTime
        endIfDrained(now)
    }

    /// Whether the supervisor has made its last report.
    var hasEnding: Bool { drainDeadline != nil }

    private mutating func endIfDrained(_ now: Int64) {
        if drainDeadline != nil, decoders.isEmpty { isOver = true }
    }
}

extension PluginMessage {
    fileprivate var isTerminal: Bool {
        guard case .terminal = self else { return false }
        return true
    }
}

extension AttemptError {
    /// A rule of the contract was broken.
    static func contract(_ code: String, _ message: String, _ errorClass: ErrorClass = .internal) -> AttemptError {
        AttemptError(errorClass: errorClass, code: code, message: message)
    }
}
