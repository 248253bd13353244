import SluiceModel

/// Writes an attempt's log files, and passes on what is shown at a rate that people and terminals can bear.
final class AttemptRecorder: AttemptListener {
    private let log: AttemptLog
    private let metrics: MetricLog
    /// nil where nothing is said in messages.
    private let transcript: AttemptTranscript?
    private let observe: @Sendable (AttemptEvent) -> Void
    private var shownLines: RateLimit
    private var shownProgress: RateLimit
    private var shownMetrics: RateLimit
    private var shownCheckpoints: RateLimit
    private var hidden = 0

    init(
        request: AttemptRequest, token: String, observe: @escaping @Sendable (AttemptEvent) -> Void, now: Int64
    ) {
        log = AttemptLog(path: request.folders.log, limit: request.limits.log)
        metrics = MetricLog(path: request.folders.log + ".metrics", limit: request.limits.log / 2)
        transcript = request.wire == .sluice1 ? AttemptTranscript(of: request, token: token) : nil
        self.observe = observe
        shownLines = RateLimit(perSecond: 200, burst: 1000, now: now)
        shownProgress = RateLimit(perSecond: 10, now: now)
        shownMetrics = RateLimit(perSecond: 100, burst: 500, now: now)
        shownCheckpoints = RateLimit(perSecond: 10, now: now)
    }

    func text(_ text: [UInt8], lines: Int, stream: LogStream, now: Int64) {
        log.append(text, lines: lines, stream: stream.rawValue, time: WallClock.now())
        var shown = 0
        var start = 0
        while start < text.count, shownLines.take(now) {
            tellHidden()
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            let line = text[start..<end]
            observe(.log(stream: stream, text: ShownText.escaped(line.last == 0x0D ? line.dropLast() : line)))
            start = end + 1
            shown += 1
        }
        hidden += lines - shown
    }

    func said(_ line: [UInt8], by speaker: Speaker) { transcript?.append(line, by: speaker) }

    func event(_ event: AttemptEvent, now: Int64) {
        switch event {
        case .log(let stream, let line):
            text(Array(line.utf8) + [0x0A], lines: 1, stream: stream, now: now)
        case .progress(let done, let total, _, _):
            if done == total || shownProgress.take(now) { observe(event) }
        case .metric(let name, let value, let step):
            metrics.append(name: name, value: value, step: step, time: WallClock.now())
            if step == nil || shownMetrics.take(now) { observe(event) }
        case .checkpoint: if shownCheckpoints.take(now) { observe(event) }
        case .heartbeat, .waiting, .began: observe(event)
        }
    }

    /// Completes the files; the warnings say what is not in them.
    func finish() -> [String] {
        log.finish(time: WallClock.now())
        transcript?.finish()
        tellHidden()
        var warnings: [String] = []
        if log.droppedBytes > 0 {
            warnings.append("the log is cut: \(log.droppedBytes) bytes in \(log.droppedLines) lines are left out")
        }
        if let failure = log.failure { warnings.append("the log is incomplete: \(errorText(failure))") }
        if metrics.dropped > 0 { warnings.append("\(metrics.dropped) metric lines are not in the metrics file") }
        return warnings
    }

    private func tellHidden() {
        guard hidden > 0 else { return }
        observe(.log(stream: .log, text: "… \(hidden) lines are not shown …"))
        hidden = 0
    }
}
