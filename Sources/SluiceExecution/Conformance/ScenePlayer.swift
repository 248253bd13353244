import Glibc
import PluginContract
import SluiceModel

/// Plays one scene against a process of the plugin and watches. Blocks until everything that it started is gone.
final class ScenePlayer {
    private static let chunk = 1 << 16
    /// Pipes that somebody else holds are left alone after this.
    private static let drainTime: Int64 = 2000

    private let subject: PluginSubject
    private let scene: Scene
    private let grace: Int64
    private let process: SupervisedProcess
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    private let started = MonotonicClock.now()

    private var listener: SceneListener
    private var seen = Performance()
    /// What still has to be written, each piece at once and the next when it has been read.
    private var pieces: [[UInt8]]
    private var hangsUp = false
    private var cues: ArraySlice<Scene.Cue>
    private var terminateAt: Int64?
    private var killAt: Int64
    private var drainedBy: Int64?
    private var isOver = false

    /// nil with errno where no process can be started.
    init?(subject: PluginSubject, scene: Scene, launch: ProcessLaunch, start: [UInt8], patience: Duration) {
        guard let process = SupervisedProcess(launch) else { return nil }
        (self.subject, self.scene, self.process) = (subject, scene, process)
        grace = subject.grace.wholeMilliseconds
        killAt = started + min(patience.wholeMilliseconds, scene.patience ?? .max)
        cues = scene.cues.sorted { $0.after < $1.after }[...]
        pieces = SceneDelivery.pieces(of: start, scene.delivery)
        hangsUp = subject.wire == .command || [.nothing, .closed].contains(scene.delivery)
        listener = SceneListener(wire: subject.wire, token: SceneDelivery.token(in: start))
        // Before the start message: once the plugin has begun to write, all of it could be in the pipe already.
        if scene.reading == .closes { process.output.close() }
        giveCues()
    }

    deinit { buffer.deallocate() }

    func play() -> Performance {
        while !isOver { step() }
        if process.status.isOpen { process.abandon() }
        process.reap()
        listener.finish(into: &seen)
        return seen
    }

    private var now: Int64 { MonotonicClock.now() }

    private func step() {
        send()
        let wantsOutput = scene.reading != .slow || now - started > 500
        var files = [
            pollfd(fd: process.output.number, events: wantsOutput ? Int16(POLLIN) : 0, revents: 0),
            pollfd(fd: process.errors.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process.status.number, events: Int16(POLLIN), revents: 0),
        ]
        let isPaced = !pieces.isEmpty || !wantsOutput
        guard poll(&files, nfds_t(files.count), isPaced ? 5 : timeout) >= 0 else { return tick() }
        if files[0].revents != 0, wantsOutput { receive() }
        if files[1].revents != 0 { receiveErrors() }
        if files[2].revents != 0 { readStatus() }
        tick()
    }

    private var timeout: Int32 {
        let deadlines = [terminateAt, seen.exit == nil ? killAt : nil, drainedBy].compactMap(\.self)
        return deadlines.min().map { Int32(clamping: max(0, $0 - now)) } ?? 1000
    }

    private func tick() {
        let time = now
        if let due = terminateAt, time >= due {
            terminateAt = nil
            process.terminate()
        }
        if time >= killAt, seen.exit == nil, seen.failure == nil, seen.outstayed == nil {
            seen.outstayed = time - (seen.askedAt ?? 0) - (seen.askedAt == nil ? started : 0)
            process.kill()
        }
        if let due = drainedBy, time >= due { isOver = true }
    }

    // MARK: What the runner does

    private func send() {
        while let piece = pieces.first, process.input.isOpen, hasBeenRead {
            let count = piece.withUnsafeBytes { sluiceWrite(process.input, $0) }
            guard count > 0 else {
                if errno == EAGAIN { return }
                pieces = []
                process.input.close()
                return
            }
            pieces[0].removeFirst(count)
            if pieces[0].isEmpty { pieces.removeFirst() }
        }
        if hangsUp, pieces.isEmpty { process.input.close() }
    }

    /// Whether nothing is left in the pipe, so that the next piece arrives on its own.
    private var hasBeenRead: Bool {
        guard scene.delivery == .bytewise else { return true }
        var waiting: Int32 = 0
        return ioctl(process.input.number, UInt(FIONREAD), &waiting) != 0 || waiting == 0
    }

    private func giveCues() {
        while let cue = cues.first, cue.after <= listener.messages {
            cues.removeFirst()
            perform(cue.act)
        }
    }

    private func perform(_ act: Scene.Act) {
        switch act {
        case .send(let message):
            let line = message.contractJSON.line + [0x0A]
            if pieces.isEmpty { pieces = [line] } else { pieces[pieces.count - 1] += line }
            if message["type"] == "cancel" { askToStop(terminatesBy: grace * 7 / 10) }
        case .hangUp:
            hangsUp = true
            askToStop(terminatesBy: grace * 7 / 10)
        case .terminate: askToStop(terminatesBy: 0)
        case .kill:
            askToStop(terminatesBy: nil)
            process.kill()
        }
    }

    /// From now on it has its grace, as with the runner: SIGTERM after 70 %, SIGKILL at the end.
    private func askToStop(terminatesBy delay: Int64?) {
        guard seen.askedAt == nil else { return }
        seen.askedAt = now
        seen.wasAskedToStop = true
        terminateAt = delay.map { now + $0 }
        killAt = now + grace
    }

    // MARK: What the plugin does

    private func receive() {
        let portion = scene.reading == .slow ? UnsafeMutableRawBufferPointer(rebasing: buffer[..<4096]) : buffer
        switch process.output.read(into: portion) {
        case .count(let count):
            let bytes = UnsafeRawBufferPointer(rebasing: portion[..<count])
            listener.hear(bytes, at: now - started, into: &seen)
            if listener.hasTerminal, seen.askedAt == nil { killAt = min(killAt, now + max(grace, 1000)) }
            giveCues()
        case .wouldBlock: break
        case .ended:
            process.output.close()
            endIfDrained()
        }
    }

    private func receiveErrors() {
        switch process.errors.read(into: buffer) {
        case .count(let count): listener.hearErrors(UnsafeRawBufferPointer(rebasing: buffer[..<count]), into: &seen)
        case .wouldBlock: break
        case .ended:
            process.errors.close()
            endIfDrained()
        }
    }

    private func readStatus() {
        switch process.status.read(into: buffer) {
        case .count(let count):
            for report in SupervisorReport.reports(in: UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                note(report)
            }
        case .wouldBlock: break
        case .ended:
            process.status.close()
            drainedBy = now + Self.drainTime
            endIfDrained()
        }
    }

    private func note(_ report: SupervisorReport) {
        switch report {
        case .executionFailed(let number, let what): seen.failure = "\(what): \(errorText(number))"
        case .exited(let status, _):
            seen.exit = status
            seen.endedAt = now - started
            terminateAt = nil
        case .leftover(_, let name): seen.leftovers.append(ShownText.escaped(name))
        case .finished: break
        }
    }

    private func endIfDrained() {
        isOver = !process.status.isOpen && !process.output.isOpen && !process.errors.isOpen
    }
}
