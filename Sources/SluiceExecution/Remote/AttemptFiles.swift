import Glibc
import SluiceModel

/// The files through which a runner and the supervisor of an attempt on some node speak, all beside its result.
///
/// Every file has one writer. What must be whole is renamed into its place; what grows is only added to.
package struct AttemptFiles: Sendable {
    /// What to run. 0600, for it may hold secrets.
    let request: String
    /// How it ended; there is none before its last process is gone.
    let result: String

    package init(request: String, result: String) {
        self.request = request
        self.result = result
    }

    /// In an attempt's own folder, where its plugin has no business.
    init(attemptFolder: String) {
        self.init(request: attemptFolder + "/node/request.json", result: attemptFolder + "/node/result.json")
    }

    /// The attempt's folder is where its log lies.
    init(of request: AttemptRequest) { self.init(attemptFolder: Self.parent(of: request.folders.log)) }

    /// What it says while it runs: lines of JSON.
    var events: String { result + ".events" }
    /// Made once, by the supervisor that runs it: no other one will.
    var claim: String { result + ".claim" }
    /// Why it is to stop, written before it is signalled.
    var stop: String { result + ".stop" }
    /// A folder with a file for each secret, where the engine has no way of its own to bring them to a node.
    var secrets: String { result + ".secrets" }
    /// There when the runner has brought home what it needs of it, where nobody shares a folder.
    var fetched: String { result + ".fetched" }
    /// The engine's name for it, and the key that it was submitted with.
    var job: String { result + ".job" }

    var folder: String { Self.parent(of: result) }

    /// Of an attempt that lies as in a state folder, `runs/<run>/<stage>/<n>/node`, the run's.
    var runFolder: String? {
        let steps = folder.split(separator: "/").suffix(5)
        guard steps.count == 5, steps.first == "runs", steps.dropFirst().first?.allSatisfy(\.isWholeNumber) == true,
            steps.dropLast().last?.allSatisfy(\.isWholeNumber) == true, steps.last == "node"
        else { return nil }
        return (0..<3).reduce(folder) { path, _ in Self.parent(of: path) }
    }

    private static func parent(of path: String) -> String {
        String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    }

    /// Bytes of a request or a result; what is larger is not ours.
    static let limit = 64 << 20

    /// A request as its owner alone can have written it.
    func readRequest() -> Result<AttemptRequest, UnreadableFile> {
        let file = Descriptor(open(request, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
        var information = stat()
        guard file.isOpen, fstat(file.number, &information) == 0 else { return .failure(.init(errorText(errno))) }
        guard information.st_mode & S_IFMT == S_IFREG, information.st_uid == geteuid() else {
            return .failure(.init("it is no file of this user"))
        }
        guard information.st_mode & 0o077 == 0 else {
            return .failure(.init("others may read it: its mode must be 0600"))
        }
        guard let bytes = smallFile(request, limit: Self.limit), let read: AttemptRequest = WireJSON.decode(bytes)
        else { return .failure(.init("it is no request of an attempt")) }
        return .success(read)
    }

    func readResult() -> AttemptResult? {
        smallFile(result, limit: Self.limit).flatMap { WireJSON.decode($0) }
    }

    /// False with errno.
    func write(_ value: some Encodable, to path: String) -> Bool {
        guard let bytes = WireJSON.encode(value) else {
            errno = EINVAL
            return false
        }
        return writeAtomically(bytes, to: path, mode: 0o600)
    }
}

/// Why a file cannot be used, in words.
struct UnreadableFile: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

/// Why an attempt is to stop, as its supervisor reads it.
struct StopOrder: Codable, Equatable {
    var reason: CancelReason
    var isImmediate = false
}
