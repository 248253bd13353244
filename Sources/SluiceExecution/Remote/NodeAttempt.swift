import Glibc
import SluiceModel

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

    package init(files: AttemptFiles) { self.files = files }

    /// Blocks until everything that it started is gone. At most one call ever runs the request, whichever process
    /// makes it.
    package func run(cancellation: Cancellation) -> Ending {
        let request: AttemptRequest
        switch files.readRequest() {
        case .success(let read): request = read
        case .failure(let failure): return .failed("\(files.request): \(failure.message)")
        }
        switch claim() {
        case 0: break
        case EEXIST: return .claimed
        case let failure: return .failed("\(files.claim): \(errorText(failure))")
        }
        let events = EventFile(path: files.events)
        let result = LocalExecutor(
            devices: Machine.devices(atLeast: request.grant.request.gpus), sandbox: SandboxSettings(onNodeFor: request)
        ).execute(
            request, cancellation: cancellation
        ) { events.append($0) }
        guard files.write(result, to: files.result) else { return .failed("\(files.result): \(errorText(errno))") }
        return .written
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
