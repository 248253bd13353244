import Glibc
import PluginContract
import SluiceModel
import Synchronization

/// An attempt where its engine put it: one request, run by the same code as everywhere, its result left in a file.
package struct NodeAttempt: Sendable {
    package enum Ending: Equatable, Sendable {
        /// There is a result file.
        case written
        /// Another supervisor has it, or had it: nothing was run.
        case claimed
        case failed(String)
    }

    private let files: AttemptFiles
    private let secrets: String?
    private let message: String?
    private let hold: Int64

    /// `secrets` is the folder in which the engine shows the values of the request's secrets, `message` the file whose
    /// bytes it shows the runner; nil where it has none. `hold`: seconds for which the result is kept until it was fetched.
    package init(files: AttemptFiles, secrets: String? = nil, message: String? = nil, hold: Int64 = 0) {
        self.files = files
        self.secrets = secrets
        self.message = message
        self.hold = hold
    }

    /// Blocks until everything that it started is gone. At most one call ever runs the request, whichever process
    /// makes it.
    package func run(cancellation: Cancellation) -> Ending {
        var request: AttemptRequest
        switch files.readRequest() {
        case .success(let read): request = read
        case .failure(let failure): return .failed("\(files.request): \(failure.message)")
        }
        switch claim() {
        case 0: break
        case EEXIST: return .claimed
        case let failure: return .failed("\(files.claim): \(errorText(failure))")
        }
        let watch = StopWatch()
        watch.start(files.stop) { [self] in stop(cancellation, signalled: .shutdown, killNow: false) }
        defer { watch.end() }
        let result: AttemptResult
        do throws(PluginError) {
            request.secrets = try takeSecrets(request.secrets)
            result = execute(request, cancellation)
        } catch {
            result = .failure(.config, "secret.unavailable", error.message)
        }
        let isWritten = files.write(result, to: files.result)
        let failure = errno
        if let message { ResultMessage(of: result)?.write(to: message) }
        let end = MonotonicClock.now() + hold * 1000
        while isWritten, MonotonicClock.now() < end, access(files.fetched, F_OK) != 0 { usleep(200_000) }
        return isWritten ? .written : .failed("\(files.result): \(errorText(failure))")
    }

    private func execute(_ request: AttemptRequest, _ cancellation: Cancellation) -> AttemptResult {
        let events = EventFile(path: files.events)
        return LocalExecutor(
            devices: Machine.devices(atLeast: request.grant.request.gpus), sandbox: SandboxSettings(onNodeFor: request)
        ).execute(
            request, cancellation: cancellation
        ) { events.append($0) }
    }

    /// With their values. What was handed over in files of ours does not stay there.
    private func takeSecrets(_ named: [Secret]) throws(PluginError) -> [Secret] {
        let handedOver = NodeSecrets(folder: secrets ?? files.secrets)
        defer { if secrets == nil { removeTree(files.secrets) } }
        return try handedOver.read(named.map(\.name))
    }

    /// A signal to stop came. The runner's reason counts where it left one; else whoever signalled was the engine.
    package func stop(_ cancellation: Cancellation, signalled: CancelReason, killNow: Bool) {
        let order: StopOrder? = smallFile(files.stop, limit: 4096).flatMap { WireJSON.decode($0) }
        let reason = order?.reason ?? signalled
        if killNow || order?.isImmediate == true { cancellation.killNow(reason) } else { cancellation.cancel(reason) }
    }

    /// 0, or errno.
    private func claim() -> Int32 {
        let file = Descriptor(open(files.claim, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        return file.isOpen ? 0 : errno
    }
}

/// Sees what the runner wrote to stop an attempt where no signal says so: in a step of an allocation, or while the engine
/// is deaf.
private final class StopWatch: Sendable {
    private let isOver = Mutex(false)

    func start(_ file: String, stop: @escaping @Sendable () -> Void) {
        DetachedThread.start { [self] in
            while !isOver.withLock({ $0 }) {
                if access(file, F_OK) == 0 { return stop() }
                usleep(500_000)
            }
        }
    }

    func end() { isOver.withLock { $0 = true } }
}
