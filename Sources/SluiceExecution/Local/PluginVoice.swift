import PluginContract
import SluiceModel

/// What a plugin says on its two streams, judged line by line: the half of an attempt that knows no processes.
struct PluginVoice {
    private let token: String
    private let speaks: Bool
    /// Whether it was asked what an attempt would take.
    private let isAsked: Bool
    private let limits: AttemptRequest.Limits
    private let listener: any AttemptListener

    /// What its messages amount to.
    var findings = Findings()
    private(set) var stderrTail = StreamTail()
    /// The last line with the token, its beginning.
    private(set) var lastLine: [UInt8] = []
    private(set) var terminal: TerminalMessage?
    private(set) var terminalAt: Int64?
    /// The first rule of the contract that was broken.
    private(set) var violation: AttemptError?
    /// Going on is pointless after that violation.
    private(set) var mustStop = false
    /// Offered and not taken yet: identity and path.
    private var offered: [(id: String, path: String)] = []
    /// When the last line with the token came.
    private(set) var lastLife: Int64

    private var decoders: [LogStream: LineDecoder]
    private let mask: SecretMask?
    private var masked: [LogStream: SecretMask.Stream] = [:]
    private var metricRate: RateLimit

    /// With the tier `command` (`speaks` is false) everything is text.
    init(
        token: String, speaks: Bool, isAsked: Bool = false, limits: AttemptRequest.Limits, mask: SecretMask? = nil,
        listener: any AttemptListener, now: Int64
    ) {
        self.mask = mask
        if let mask { for stream in [LogStream.stdout, .stderr] { masked[stream] = SecretMask.Stream(mask: mask) } }
        self.token = token
        self.speaks = speaks
        self.isAsked = isAsked
        self.limits = limits
        self.listener = listener
        lastLife = now
        metricRate = RateLimit(perSecond: limits.metricsPerSecond, now: now)
        decoders = [
            .stdout: LineDecoder(limit: limits.line, looksForMessages: speaks),
            .stderr: LineDecoder(limit: limits.line, looksForMessages: false),
        ]
    }

    /// Whether both streams have ended.
    var hasEnded: Bool { decoders.isEmpty }
}

// MARK: - The plugin's output

extension PluginVoice {
    mutating func received(_ bytes: UnsafeRawBufferPointer, on stream: LogStream, now: Int64) {
        if let safe = masked[stream]?.append(bytes) { return take(safe, stream, now) }
        decode(stream, now) { decoder, emit in decoder.append(bytes, emit: emit) }
    }

    /// The stream has ended.
    mutating func ended(_ stream: LogStream, now: Int64) {
        if let safe = masked[stream]?.finish() { take(safe, stream, now) }
        decode(stream, now) { decoder, emit in decoder.finish(emit: emit) }
        decoders[stream] = nil
    }

    private mutating func take(_ bytes: [UInt8], _ stream: LogStream, _ now: Int64) {
        bytes.withUnsafeBytes { bytes in decode(stream, now) { decoder, emit in decoder.append(bytes, emit: emit) } }
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
            let note = "… a line of \(bytes) bytes, the limit is \(limits.line)"
            let text = prefix + Array(note.utf8) + [0x0A]
            if stream == .stderr {
                stderrTail.append(text)
            } else if speaks {
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
            if violation == nil { hear(mask.map(message.masked) ?? message, now) }
        case .dropped(let error):
            protocolLine(line, now)
            findings.warn("dropped: \(ShownText.escaped(error.description))")
        case .unknown:
            protocolLine(line, now)
            findings.countUnknown()
        case .critical(let type):
            protocolLine(line, now)
            violate("protocol.critical", "it needs messages of the type '\(ShownText.escaped(type))'", .config)
        }
    }

    private mutating func stray(_ line: [UInt8], _ now: Int64, isCounted: Bool = false) {
        if !isCounted { findings.strays += 1 }
        listener.text(line + [0x0A], lines: 1, stream: .stdout, now: now)
    }

    /// Any line with the token: a sign of life, and nothing may come after the terminal one.
    private mutating func protocolLine(_ line: [UInt8], _ now: Int64, isTerminal: Bool = false) {
        lastLife = now
        let line = withoutSecrets(line)
        lastLine = Array(line.prefix(4096))
        listener.said(line, by: .plugin)
        guard terminal != nil, violation == nil else { return }
        violation =
            isTerminal
            ? .contract("protocol.second_terminal", "it said twice how it ended")
            : .contract("protocol.after_terminal", "it went on speaking after its terminal line")
    }

    /// Also those that JSON had written in a way that no form of a secret looks like.
    private func withoutSecrets(_ line: [UInt8]) -> [UInt8] {
        guard let mask, let json = try? JSONReader.read(line) else { return line }
        return mask.masked(json).line
    }

    private func contains(_ line: [UInt8], _ token: String) -> Bool {
        let needle = Array(token.utf8)
        return line.split(separator: UInt8(ascii: "\"")).contains { $0.elementsEqual(needle) }
    }
}

// MARK: - Messages

extension PluginVoice {
    private mutating func hear(_ message: PluginMessage, _ now: Int64) {
        switch message {
        case .hello(let wire): hello(wire)
        case .log(let level, let text, let fields): log(level, text, fields, now)
        case .progress(let done, let total, let unit, let text):
            let event = AttemptEvent.progress(
                done: done, total: total, unit: unit.map { ShownText.escaped($0) },
                message: text.map { ShownText.escaped($0) })
            listener.event(event, now: now)
        case .metric(let name, let value, let step): metric(name, value, step, now)
        case .output(let name, let value): findings.setOutput(name, value)
        case .checkpoint(let id, let path):
            offered.append((id, path))
            listener.event(.checkpoint(id: ShownText.escaped(id)), now: now)
        case .heartbeat: listener.event(.heartbeat, now: now)
        case .estimate(let profiles): isAsked ? findings.setAnswer(profiles) : findings.countUnknown()
        case .terminal(let message):
            terminal = message
            terminalAt = now
        }
    }

    private mutating func hello(_ wire: String) {
        guard wire != ContractLimits.wire, !wire.hasPrefix(ContractLimits.wire + ".") else { return }
        let theirs = ShownText.escaped(String(wire.prefix(40)))
        let number = wire.split(separator: "/").last.flatMap { Int($0.prefix { $0 != "." }) }
        let older = number.map { $0 > ContractLimits.major ? "sluice" : "the plugin" } ?? "the older one"
        violate(
            "protocol.version", "the plugin speaks \(theirs), this runner \(ContractLimits.wire): upgrade \(older)",
            .config)
    }

    /// Checkpoints that came since it was asked for last.
    mutating func takeCheckpoints() -> [(id: String, path: String)] {
        defer { offered = [] }
        return offered
    }

    private func log(_ level: String, _ text: String, _ fields: JSON?, _ now: Int64) {
        var line = level == "info" ? text : "\(level): \(text)"
        if let fields { line += " " + String(decoding: fields.line, as: UTF8.self) }
        listener.event(
            .log(stream: .log, text: line.split(whereSeparator: \.isNewline).joined(separator: " ⏎ ")), now: now)
    }

    private mutating func metric(_ name: String, _ value: Double, _ step: Double?, _ now: Int64) {
        if step == nil { findings.setMetric(name, value) }
        guard metricRate.take(now) else { return findings.countOverRate() }
        listener.event(.metric(name: name, value: value, step: step), now: now)
    }

    private mutating func violate(_ code: String, _ message: String, _ errorClass: ErrorClass) {
        guard violation == nil else { return }
        violation = .contract(code, message, errorClass)
        mustStop = true
    }
}

extension PluginMessage {
    fileprivate var isTerminal: Bool {
        guard case .terminal = self else { return false }
        return true
    }
}
