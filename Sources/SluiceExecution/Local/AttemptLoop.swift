import CSluiceProcess
import Glibc
import SluiceModel

/// Drives one session against one process in a single `poll` loop, on the thread that calls it. There is no lock
/// and no callback but the wake-up of a cancellation.
final class AttemptLoop {
    private static let chunk = 64 << 10

    private var session: AttemptSession
    private let process: SupervisedProcess
    private let cancellation: Cancellation
    private let wake: WakeSignal
    private var watch: LimitWatch
    private let probe: GPUProbe?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    private var unsent: ArraySlice<UInt8> = []
    private var hangsUp = false
    private var copies: [CheckpointCopy] = []

    init(
        session: AttemptSession, process: SupervisedProcess, cancellation: Cancellation, watch: LimitWatch,
        probe: GPUProbe? = nil
    ) {
        self.session = session
        self.watch = watch
        self.probe = probe
        self.process = process
        self.cancellation = cancellation
        let wake = WakeSignal()
        self.wake = wake
        cancellation.onChange { wake.wake() }
    }

    deinit { buffer.deallocate() }

    /// Blocks until the attempt and everything that it started is gone.
    func run() -> AttemptResult {
        session.cancelled(cancellation.state, now: MonotonicClock.now())
        while !session.isOver {
            session.takeActions().forEach(perform)
            step()
        }
        while !copies.isEmpty { cancellation.state.killNow ? dropCheckpoint() : copyCheckpoint() }
        // The supervisor ends after its last report; if it hangs there, the watchdog must not be us.
        if process.status.isOpen { process.abandon() }
        process.reap()
        wake.close()
        return result()
    }

    private func result() -> AttemptResult {
        probe?.stop()
        let ended = session.result()
        let verdict = watch.verdict(
            largest: ended.usage.memoryPeak, left: Int64(session.totals.leftovers),
            hasFailed: ended.outcome != .succeeded)
        if let overrun = verdict {
            session.settled(overrun, now: MonotonicClock.now())
        }
        var result = session.result()
        watch.measure(&result.usage)
        result.usage.gpu = probe?.busy
        result.usage.gpuMemoryPeak = probe?.memoryPeak
        result.enforcement = watch.enforcement
        if probe?.hasGivenUp == true { result.warnings.append("nvidia-smi did not answer: GPU time is not measured") }
        result.warnings += watch.close()
        return result
    }

    private func perform(_ action: AttemptSession.Action) {
        switch action {
        case .send(let line): if process.input.isOpen { unsent += line }
        case .hangUp: hangsUp = true
        case .save(let id, let path): save(id, path)
        case .terminate: process.terminate()
        case .kill:
            watch.kill()
            process.kill()
        case .abandon: process.abandon()
        }
        send()
    }

    private func save(_ id: String, _ path: String) {
        guard let folder = session.request.checkpoints else { return }
        let waiting = copies.dropFirst().map(\.id)
        // Whoever offers faster than a disk writes wants the newest one.
        if !waiting.isEmpty { copies.removeLast(waiting.count) }
        for id in waiting { session.notSaved(id, because: "a newer one came before it could be copied") }
        copies.append(
            CheckpointCopy(
                id: id, path: path, scratch: session.request.folders.scratch, store: Checkpoints(folder: folder),
                limit: session.request.checkpointLimit, mostFiles: session.request.limits.checkpointFiles))
    }

    private func copyCheckpoint() {
        guard let copy = copies.first else { return }
        switch copy.step(buffer: buffer) {
        case .goesOn: return
        case .saved: session.saved(copy.id)
        case .failed(let reason): session.notSaved(copy.id, because: reason)
        }
        copies.removeFirst()
    }

    private func dropCheckpoint() {
        let copy = copies.removeFirst()
        copy.drop()
        session.notSaved(copy.id, because: "everything was to end at once")
    }

    private func step() {
        copyCheckpoint()
        session.takeActions().forEach(perform)
        var files = [
            pollfd(fd: process.input.number, events: unsent.isEmpty ? 0 : Int16(POLLOUT), revents: 0),
            pollfd(fd: process.output.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process.errors.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process.status.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.number, events: Int16(POLLIN), revents: 0),
        ]
        files += (probe?.files ?? []).map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        guard poll(&files, nfds_t(files.count), timeout) >= 0 else { return session.tick(now: MonotonicClock.now()) }
        let now = MonotonicClock.now()
        if files[4].revents != 0 {
            wake.clear()
            session.cancelled(cancellation.state, now: now)
        }
        if files[0].revents != 0 { send() }
        if files[1].revents != 0 { receive(process.output, .stdout, now) }
        if files[2].revents != 0 { receive(process.errors, .stderr, now) }
        if files[3].revents != 0 { readStatus(now) }
        if files[5...].contains(where: { $0.revents != 0 }) { probe?.read(into: buffer, now: now) }
        if isRunning {
            probe?.tick(now: now)
            if let overrun = watch.look(now: now) { session.overran(overrun, now: now) }
        }
        session.tick(now: now)
    }

    private var isRunning: Bool { session.exit == nil && session.executionFailure == nil }

    private var timeout: Int32 {
        if !copies.isEmpty { return 0 }
        let watching = isRunning ? [watch.nextLook, probe?.nextDeadline].compactMap(\.self) : []
        guard let deadline = (watching + [session.nextDeadline].compactMap(\.self)).min() else { return -1 }
        return Int32(clamping: max(0, deadline - MonotonicClock.now()))
    }

    private func send() {
        while !unsent.isEmpty, process.input.isOpen {
            let count = unsent.withUnsafeBytes { sluice_write(process.input.number, $0.baseAddress, $0.count) }
            if count > 0 {
                unsent = unsent.dropFirst(count)
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                // Nobody reads it any more, which is the plugin's right.
                unsent = []
                process.input.close()
            }
        }
        if hangsUp, unsent.isEmpty || session.exit != nil { process.input.close() }
    }

    private func receive(_ pipe: Descriptor, _ stream: LogStream, _ now: Int64) {
        switch pipe.read(into: buffer) {
        case .count(let count):
            session.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: stream, now: now)
        case .wouldBlock: break
        case .ended:
            pipe.close()
            session.ended(stream, now: now)
        }
    }

    private func readStatus(_ now: Int64) {
        switch process.status.read(into: buffer) {
        case .count(let count):
            let reports = SupervisorReport.reports(in: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            // What was printed before the end counts as said before it, so the pipes are read first.
            for report in reports { take(report, now) }
        case .wouldBlock: break
        case .ended:
            process.status.close()
            if !session.hasEnding { killOrphans() }
            session.supervisorEnded(now: now)
        }
    }

    private func take(_ report: SupervisorReport, _ now: Int64) {
        guard process.isWalled else { return session.reported(report, now: now) }
        if case .exited(.code(1), _) = report, !process.wasProgramStarted() {
            session.reported(.executionFailed(errno: 0, what: AttemptSession.sandbox), now: now)
        }
        session.reported(report.throughWall, now: now)
    }

    /// The supervisor was killed. A dying process closes its pipes before its children get their new parent, which
    /// is us, so its end has to be awaited first.
    private func killOrphans() {
        process.reap()
        _ = Supervisors.ofThisProcess.killStrangers()
    }
}
