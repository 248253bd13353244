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
        /// Copies what lies at a path of the scratch folder; `saved` or `notSaved` follows.
        case save(id: String, path: String)
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

    /// What failed, in an `executionFailed`, where it was the sandbox or what it should have started.
    static let sandbox = "sandbox"

    let request: AttemptRequest
    let token: String
    let start: Int64
    private let grace: Int64
    private let listener: any AttemptListener

    private(set) var actions: [Action] = []
    private(set) var voice: PluginVoice
    private(set) var stop: AttemptStop?
    private(set) var exit: ProcessExit?
    private(set) var executionFailure: (errno: Int32, what: String)?
    private(set) var totals = SupervisorReport.Totals()
    private(set) var hasOutstayed = false
    private(set) var supervisorIsLost = false
    private(set) var isOver = false
    private(set) var end: Int64?

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
        grace = max(0, request.grace.wholeMilliseconds)
        let speaks = request.wire == .sluice1
        voice = PluginVoice(
            token: token, speaks: speaks, isAsked: request.verb == .estimate, limits: request.limits,
            mask: SecretMask(request.secrets), listener: listener, now: now)
        actions.append(.send(RunnerMessage.start(StartMessage(request, token: token)).line))
        if !speaks { actions.append(.hangUp) }
    }

    mutating func takeActions() -> [Action] {
        defer { actions = [] }
        for action in actions { action.words.map { listener.said($0, by: .runner) } }
        return actions
    }
}

extension AttemptSession.Action {
    /// As a transcript has it.
    fileprivate var words: [UInt8]? {
        switch self {
        case .send(let line): Array(line.dropLast())
        case .terminate: Array("(SIGTERM)".utf8)
        case .kill, .abandon: Array("(SIGKILL)".utf8)
        case .save, .hangUp: nil
        }
    }
}

// MARK: - The plugin's output

extension AttemptSession {
    mutating func received(_ bytes: UnsafeRawBufferPointer, on stream: LogStream, now: Int64) {
        voice.received(bytes, on: stream, now: now)
        takeCheckpoints()
        if voice.mustStop { begin(.violation, now) }
    }

    /// The stream has ended.
    mutating func ended(_ stream: LogStream, now: Int64) {
        voice.ended(stream, now: now)
        takeCheckpoints()
        endIfDrained(now)
    }

    private mutating func takeCheckpoints() {
        for offer in voice.takeCheckpoints() {
            if request.checkpoints == nil || request.verb != .run {
                notSaved(offer.id, because: "there is no place for it")
            } else {
                actions.append(.save(id: offer.id, path: offer.path))
            }
        }
    }

    mutating func saved(_ id: String) {
        guard exit == nil else { return }
        actions.append(.send(RunnerMessage.saved(checkpoint: id).line))
    }

    mutating func notSaved(_ id: String, because reason: String) {
        voice.findings.warn("checkpoint '\(ShownText.escaped(id))' is not saved: \(ShownText.escaped(reason))")
    }
}

// MARK: - Stopping and time

extension AttemptSession {
    mutating func cancelled(_ state: Cancellation.State, now: Int64) {
        guard exit == nil, !isOver, let reason = state.reason else { return }
        begin(.asked(reason), now)
        if state.killNow { killAll(now) }
    }

    /// More is used than was granted: everything is killed at once, for the sake of the others on this machine. A stop
    /// that has begun keeps its outcome.
    mutating func overran(_ overrun: Overrun, now: Int64) {
        guard exit == nil, !isOver else { return settled(overrun, now: now) }
        stop = stop ?? AttemptStop(.overrun(overrun), at: now, grace: 0, hearsCancel: false)
        killAll(now)
    }

    /// What is known of a grant when everything is gone: it explains how the attempt ended.
    mutating func settled(_ overrun: Overrun, now: Int64) {
        stop = stop ?? AttemptStop(.overrun(overrun), at: now, grace: 0, hearsCancel: false)
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
            voice.findings.warn("a pipe was still held open by a process outside of the attempt")
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
        if let terminalAt = voice.terminalAt { return [(terminalAt + grace, .outstayed)] }
        let timeout = (at: start + request.timeout.wholeMilliseconds, event: RunningEvent.timeout)
        guard request.wire == .sluice1, let heartbeat = request.heartbeat else { return [timeout] }
        return [timeout, (voice.lastLife + 3 * heartbeat.wholeMilliseconds, .stalled)]
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
            voice.findings.warn("the attempt's supervisor was killed")
            finish(now)
        }
    }

    private mutating func exited(_ status: ProcessExit, _ totals: SupervisorReport.Totals, _ now: Int64) {
        exit = status
        end = now
        listener.said(Array("(\(Self.exitText(status)))".utf8), by: .plugin)
        self.totals = totals
        supervisorDeadline = now + Self.supervisorPatience
        actions.append(.hangUp)
    }

    private mutating func finished(_ totals: SupervisorReport.Totals, _ now: Int64) {
        self.totals = totals
        if totals.leftovers > 0, !hasKilled {
            let names = leftovers.isEmpty ? "" : ": " + leftovers.joined(separator: ", ")
            voice.findings.warn("\(totals.leftovers) processes were left running and killed\(names)")
        }
        if totals.survivors > 0 { voice.findings.warn("\(totals.survivors) processes could not be killed") }
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
        if drainDeadline != nil, voice.hasEnded { isOver = true }
    }
}

extension AttemptError {
    /// A rule of the contract was broken.
    static func contract(_ code: String, _ message: String, _ errorClass: ErrorClass = .internal) -> AttemptError {
        AttemptError(errorClass: errorClass, code: code, message: message)
    }
}
