import Glibc
import SluiceModel

/// Follows a submitted job to its end: passes on what it says, stops it when asked, and reads its result. Where there
/// is none, the engine's word counts.
final class JobFollower {
    private static let look: Int64 = 200
    private static let stopPause: Int64 = 2000
    /// What the supervisor may take beyond the grace: its cleanup, and the way to the node and back.
    private static let stopAir: Int64 = 45_000
    /// How long the engine may take to say how a job ended whose result is there.
    private static let endingPatience: Int64 = 15_000
    /// How long a job that was cancelled is waited for.
    private static let cancelPatience: Int64 = 90_000

    private let attempt: RemoteAttempt
    private let job: String
    private let carrier: (any JobCarrier)?
    private let wake: WakeSignal
    private let submitted = MonotonicClock.now()
    private var events: EventFollower
    private var started: Int64?
    private var hasBegun = false
    private var telling = WaitTelling()
    private var isDeaf = false
    private var isUnstarted = false
    private var toldCarriage = Carriage.good
    private var ended: (at: Int64, ending: JobEnding?)?
    private var nextStop: Int64 = 0
    private var stopDeadline: Int64?
    private var cancelled: (at: Int64, isImmediate: Bool)?

    init(attempt: RemoteAttempt, job: String, carrier: (any JobCarrier)?, wake: WakeSignal) {
        self.attempt = attempt
        self.job = job
        self.carrier = carrier
        self.wake = wake
        events = EventFollower(path: attempt.files.events)
    }

    /// nil: it has not begun, and has to be submitted again.
    func follow() -> AttemptResult? {
        while true {
            let carriage = attempt.files.readResult() == nil ? carrier?.step() ?? .good : .good
            let now = MonotonicClock.now()
            let failure = notCarried(carriage, now)
            if started == nil, access(attempt.files.claim, F_OK) == 0 {
                started = now
                begin()
            }
            events.news().forEach(attempt.observe)
            if let failure { return measured(failure) }
            if let result = attempt.files.readResult() {
                events.news().forEach(attempt.observe)
                return measured(explained(result))
            }
            if let result = lookAtJob(now) ?? stopIfAsked(now) { return measured(result) }
            if isUnstarted { return nil }
            wake.wait(Self.look)
        }
    }

    private var engine: any JobEngine { attempt.engine }

    private func measured(_ result: AttemptResult) -> AttemptResult {
        var result = result
        result.usage.queued = Double((started ?? MonotonicClock.now()) - submitted) / 1000
        if result.usage.wall == 0, let started { result.usage.wall = Double(MonotonicClock.now() - started) / 1000 }
        return result
    }

    // MARK: What the engine says

    private func lookAtJob(_ now: Int64) -> AttemptResult? {
        let sighting = engine.sighting(of: job, in: attempt.files.folder)
        tell(sighting, now)
        switch sighting {
        case .unseen, .pending, .running, .unreachable: ended = nil
        case .impossible(let why):
            guard attempt.files.fence() else { return begunAndWaiting(why, now) }
            cancelJob(isImmediate: true, now)
            return .failure(
                .config, "\(engine.name).impossible", "\(engine.name) will never start it: \(why)",
                hint: "compare the profile with what the cluster has")
        case .ended(let ending): return jobEnded(ending, now)
        case .gone: return jobEnded(nil, now)
        // Nobody takes it there any more, but a claim that is there says that somebody did.
        case .unstarted where started == nil: isUnstarted = true
        case .unstarted: return jobEnded(nil, now)
        }
        return nil
    }

    /// Where the attempt has begun and its job waits, whatever ran it is gone, and will never be there again.
    private func begunAndWaiting(_ why: String, _ now: Int64) -> AttemptResult? {
        guard let result = jobEnded(JobEnding(cause: .nodeFailed, words: "waiting again: \(why)"), now) else {
            return nil
        }
        cancelJob(isImmediate: true, now)
        return result
    }

    /// Why it cannot go on where its files cannot be moved.
    private func notCarried(_ carriage: Carriage, _ now: Int64) -> AttemptResult? {
        defer { toldCarriage = carriage }
        switch carriage {
        case .good: return nil
        case .failing(let why):
            if carriage != toldCarriage {
                attempt.observe(hasBegun ? .log(stream: .log, text: why) : .waiting(reason: why))
            }
            return nil
        case .impossible(let why):
            cancelJob(isImmediate: true, now)
            return .failure(
                .config, "\(engine.name).not_carried", why,
                hint: "the runner needs `create` for `pods/exec`, and the image `sh` and `tar`")
        }
    }

    /// Its claim says so at once; a shared folder may show that late, or not at all.
    private func begin() {
        guard !hasBegun else { return }
        hasBegun = true
        attempt.observe(.began)
    }

    private func tell(_ sighting: JobSighting, _ now: Int64) {
        switch sighting {
        case .pending(let reason) where !hasBegun && telling.takes(reason, now):
            attempt.observe(.waiting(reason: reason))
        case .running: begin()
        case .unreachable(let why) where !isDeaf:
            attempt.observe(.log(stream: .log, text: "\(engine.name) does not answer: \(why)"))
        case .pending, .unreachable, .unseen, .ended, .gone, .unstarted, .impossible: break
        }
        if case .unreachable = sighting { isDeaf = true } else { isDeaf = false }
    }

    /// A result may still be on its way through the shared folder.
    private func jobEnded(_ ending: JobEnding?, _ now: Int64) -> AttemptResult? {
        let since = ended?.at ?? now
        ended = (since, ending)
        // Reading the folder makes a network file system look again.
        _ = folderNames(attempt.files.folder)
        guard now - since >= attempt.resultPatience else { return nil }
        return withoutResult(ending)
    }

    /// An engine that ends a job signals the plugin too, which may look like a crash of its own: of a bad end that the
    /// runner did not ask for, the engine is asked.
    private func explained(_ result: AttemptResult) -> AttemptResult {
        let isStopped = result.outcome == .cancelled
        guard isStopped || result.outcome == .failed, attempt.cancellation.state.reason == nil else { return result }
        guard let ending = awaitEnding() else {
            return isStopped ? .lost("\(engine.name).stopped", "it was stopped, and nobody says why") : result
        }
        switch ending.cause {
        case .completed, .failed, .outOfMemory:
            guard isStopped else { return result }
            return .lost("\(engine.name).stopped", "it was stopped, and nobody here had asked for it: \(ending.words)")
        case .timeout, .preempted, .nodeFailed, .cancelled:
            var explained = withoutResult(ending)
            explained.usage = result.usage
            explained.warnings = result.warnings
            return explained
        }
    }

    /// nil: the engine does not know, or nobody can ask it.
    private func awaitEnding() -> JobEnding? {
        let deadline = MonotonicClock.now() + Self.endingPatience
        while MonotonicClock.now() < deadline {
            switch engine.sighting(of: job, in: attempt.files.folder) {
            case .ended(let ending): return ending
            case .gone, .unstarted: return nil
            case .unseen, .pending, .running, .unreachable, .impossible: wake.wait(Self.look)
            }
        }
        return nil
    }

    private func withoutResult(_ ending: JobEnding?) -> AttemptResult {
        if let told = ending?.message.flatMap(told) { return told }
        if let reason = attempt.cancellation.state.reason { return .stopped(reason) }
        cutOff()
        guard let ending else {
            return .lost("\(engine.name).gone", "\(engine.name) does not know job \(job), and it left no result")
        }
        return JobVerdict(engine: engine.name, job: job, memory: attempt.request.grant.request.memory)
            .result(engine.explained(ending, in: attempt.files.folder))
    }

    /// Whoever runs it out of the engine's sight is to stop, and nobody is to begin it: another attempt may follow.
    private func cutOff() {
        guard !attempt.files.fence() else { return }
        _ = attempt.files.write(StopOrder(reason: .shutdown), to: attempt.files.stop)
    }

    /// What the supervisor told the engine. A success counts by it only where its outputs can be looked for, and where
    /// nothing is missing that it is judged by.
    private func told(_ message: ResultMessage) -> AttemptResult? {
        var result = message.result
        guard
            result.outcome != .succeeded
                || (message.isWhole && carrier == nil && access(attempt.files.claim, F_OK) == 0)
        else {
            let said = "\(engine.name) says that it succeeded, and its result cannot be read"
            return .lost("\(engine.name).no_result", said)
        }
        result.warnings.append("its result is what \(engine.name) was told: its file cannot be read")
        return result
    }

    // MARK: Stopping

    private func stopIfAsked(_ now: Int64) -> AttemptResult? {
        let state = attempt.cancellation.state
        guard let reason = state.reason else { return nil }
        if started == nil, attempt.files.fence() {
            cancelJob(isImmediate: true, now)
            return .stopped(reason)
        }
        if let cancelled, now - cancelled.at > Self.cancelPatience { return .stopped(reason) }
        if state.killNow || stopDeadline.map({ now >= $0 }) ?? false {
            if cancelled?.isImmediate != true { cancelJob(isImmediate: state.killNow, now) }
        } else if stopDeadline == nil, now >= nextStop {
            nextStop = now + Self.stopPause
            guard attempt.files.write(StopOrder(reason: reason), to: attempt.files.stop) else { return nil }
            carrier?.bringStop()
            guard engine.stop(job, in: attempt.files.folder) else { return nil }
            stopDeadline = now + attempt.request.grace.wholeMilliseconds + Self.stopAir
        }
        return nil
    }

    private func cancelJob(isImmediate: Bool, _ now: Int64) {
        guard now >= nextStop || isImmediate else { return }
        nextStop = now + Self.stopPause
        guard engine.cancel(job, in: attempt.files.folder, isImmediate: isImmediate) else { return }
        cancelled = (cancelled?.at ?? now, isImmediate)
    }
}

/// Which of an engine's reasons to let a job wait are told: every new one, but the longer it waits, the more seldom, for
/// some change every second and a job may wait for days.
struct WaitTelling {
    private static let least: Int64 = 5000
    private var first: Int64?
    private var last: (reason: String, at: Int64)?

    mutating func takes(_ reason: String, _ now: Int64) -> Bool {
        let waited = now - (first ?? now)
        first = first ?? now
        if let last, last.reason == reason || now - last.at < max(Self.least, waited / 10) { return false }
        last = (reason, now)
        return true
    }
}

/// What an engine's word means for an attempt that left no result.
struct JobVerdict {
    let engine: String
    let job: String
    /// Bytes that were granted.
    let memory: Int64

    func result(_ ending: JobEnding) -> AttemptResult {
        let said = "\(engine) ended job \(job) as \(ending.words)"
        switch ending.cause {
        case .outOfMemory: return overMemory(said)
        case .timeout: return AttemptResult(outcome: .timedOut, reason: said)
        case .cancelled: return AttemptResult(outcome: .cancelled, reason: "\(said): nobody here had asked for it")
        case .preempted: return .lost("\(engine).preempted", said)
        case .nodeFailed: return .lost("\(engine).node_failed", said)
        case .completed: return .lost("\(engine).no_result", "\(said), and it left no result")
        case .failed: return .lost("\(engine).supervisor_lost", "\(said): its supervisor died without a result")
        }
    }

    private func overMemory(_ said: String) -> AttemptResult {
        let error = AttemptError(
            errorClass: .resource, code: "limit.memory", message: "\(said): out of memory",
            hint: "raise `memory` in the stage's profile")
        return AttemptResult(
            outcome: .overLimit, error: error, overrun: Overrun(resource: .memory, limit: memory, peak: memory))
    }
}
