import Glibc
import SluiceModel
import Synchronization

/// What an attempt says, written down line by line as it comes, for a runner that reads along.
final class EventFile: Sendable {
    /// Bytes; an attempt that says more is followed by its log alone.
    static let limit = 64 << 20

    private struct State {
        var number: Int32
        var room: Int
    }

    private let state: Mutex<State>

    init(path: String) {
        let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        state = Mutex(State(number: number, room: Self.limit))
    }

    deinit { state.withLock { if $0.number >= 0 { close($0.number) } } }

    func append(_ event: AttemptEvent) {
        guard let line = WireJSON.encode(event).map({ $0 + [0x0A] }) else { return }
        state.withLock { state in
            guard state.number >= 0, state.room >= line.count else { return }
            state.room -= line.count
            // One call a line: a reader sees whole lines, or a last one that is still coming.
            _ = line.withUnsafeBytes { write(state.number, $0.baseAddress, $0.count) }
        }
    }
}

/// Reads along what another process adds to a file of lines.
struct EventFollower {
    let path: String
    private var offset: Int64 = 0
    private var rest: [UInt8] = []

    init(path: String) { self.path = path }

    /// Whole lines that have come since the last call.
    mutating func news() -> [AttemptEvent] {
        var information = stat()
        guard stat(path, &information) == 0, Int64(information.st_size) > offset else { return [] }
        let file = Descriptor(open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC))
        guard file.isOpen else { return [] }
        var bytes = rest
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            while true {
                let count = pread(file.number, buffer.baseAddress, buffer.count, off_t(offset))
                guard count > 0 else { break }
                offset += Int64(count)
                bytes += buffer[..<count]
            }
        }
        let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        rest = Array(bytes[end...])
        return bytes[..<end].split(separator: 0x0A).compactMap { WireJSON.decode($0) }
    }
}
