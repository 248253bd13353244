import Glibc
import SluiceModel

/// One attempt on its way through an engine: handed over, submitted, followed, and its end understood.
///
/// The claim file decides every race: whoever makes it first, the supervisor on the node or the runner that gives up,
/// has its will. So an attempt runs at most once, whatever was submitted how often.
struct RemoteAttempt {
    let request: AttemptRequest
    let files: AttemptFiles
    let engine: any JobEngine
    let sluice: String
    let cancellation: Cancellation
    let resultPatience: Int64
    let observe: @Sendable (AttemptEvent) -> Void

    private static let submitPause: Int64 = 2000

    func run() -> AttemptResult {
        let isNew = access(files.request, F_OK) != 0
        if isNew {
            if let reason = cancellation.state.reason { return .stopped(reason) }
            if let failure = handOver() { return failure }
        }
        let wake = WakeSignal()
        cancellation.onChange { wake.wake() }
        defer { wake.close() }
        var mayBeThere = !isNew
        while true {
            switch submit(wake, isNew: !mayBeThere) {
            case .failure(let ending): return ending.result
            case .success(let submitted):
                if let result = follow(submitted, wake) { return result }
            }
            // A record that cannot be written leads to where it did not begin, and from there here again.
            if let record = files.readJob() { _ = files.write(JobRecord(key: record.key), to: files.job) }
            mayBeThere = false
        }
    }

    /// nil: it has not begun, and has to be submitted again.
    private func follow(_ submitted: Submitted, _ wake: WakeSignal) -> AttemptResult? {
        defer { engine.unwatch(submitted.job) }
        let carrier = engine.carrier(submitted.order, of: request, job: submitted.job)
        let follower = JobFollower(attempt: self, job: submitted.job, carrier: carrier, wake: wake)
        guard let result = follower.follow() else { return nil }
        engine.discard(submitted.order, hasResult: access(files.result, F_OK) == 0)
        return result
    }

    /// The job's key is durable before the request is, and the request before anything is submitted.
    private func handOver() -> AttemptResult? {
        guard mkdir(files.folder, 0o700) == 0 || errno == EEXIST,
            files.write(JobRecord(key: Token.random()), to: files.job),
            engine.secretsFolder != nil || NodeSecrets(folder: files.secrets).write(request.secrets),
            files.write(request, to: files.request)
        else {
            return .failure(.transient, "executor.handover", "\(files.folder) cannot be written: \(errorText(errno))")
        }
        return nil
    }

    /// Why there is no job.
    private struct Ending: Error { var result: AttemptResult }

    private struct Submitted {
        var job: String
        var order: JobOrder
    }

    /// `isNew`: nobody can have submitted it before.
    private func submit(_ wake: WakeSignal, isNew: Bool) -> Result<Submitted, Ending> {
        guard let record = files.readJob() else {
            return .failure(Ending(result: .lost("executor.handover", "nobody knows what it was submitted as")))
        }
        let order = JobOrder(key: record.key, request: request, files: files, sluice: sluice, on: engine)
        if let job = record.id { return .success(Submitted(job: job, order: order)) }
        var mayBeThere = !isNew
        while true {
            if let reason = cancellation.state.reason, files.fence() {
                if let job = engine.find(order).job {
                    _ = engine.cancel(job, in: order.folder, isImmediate: true)
                }
                return .failure(Ending(result: .stopped(reason)))
            }
            let submission = mayBeThere ? findOrSubmit(order) : engine.submit(order)
            mayBeThere = true
            switch submission {
            case .accepted(let job):
                // A record that cannot be written is found by its key.
                _ = files.write(JobRecord(key: record.key, id: job), to: files.job)
                return .success(Submitted(job: job, order: order))
            case .refused(let why):
                let failure = AttemptResult.failure(
                    .config, "\(engine.name).refused", "\(engine.name) refuses it: \(why)",
                    hint: "compare the profile with what the cluster has")
                return .failure(Ending(result: failure))
            case .unreachable(let why):
                observe(.waiting(reason: "\(engine.name) does not answer: \(why)"))
                wake.wait(Self.submitPause)
            }
        }
    }

    /// Whatever an earlier call or runner may have submitted is found first.
    private func findOrSubmit(_ order: JobOrder) -> Submission {
        switch engine.find(order) {
        case .found(let job): .accepted(job)
        case .none, .halfway: engine.submit(order)
        case .unreachable(let why): .unreachable(why)
        }
    }
}

extension WakeSignal {
    /// Waits until it is woken, at most so many milliseconds.
    func wait(_ milliseconds: Int64) {
        var file = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        if poll(&file, 1, Int32(clamping: milliseconds)) > 0 { clear() }
    }
}

extension AttemptResult {
    static func failure(
        _ errorClass: ErrorClass, _ code: String, _ message: String, hint: String? = nil
    ) -> AttemptResult {
        AttemptResult(
            outcome: .failed, error: AttemptError(errorClass: errorClass, code: code, message: message, hint: hint))
    }

    static func lost(_ code: String, _ message: String) -> AttemptResult {
        AttemptResult(outcome: .lost, error: AttemptError(errorClass: .transient, code: code, message: message))
    }
}
