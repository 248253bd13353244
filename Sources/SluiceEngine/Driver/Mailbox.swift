import Glibc
import Synchronization

/// Messages from any thread to the one that waits: an array behind a lock, and a pipe that wakes.
package final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let reading: Int32
    private let writing: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        let status = pipe(&ends)
        precondition(status == 0, "the kernel has a pipe for every mailbox")
        (reading, writing) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(reading)
        close(writing)
    }

    package func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        // A full pipe wakes as well as one more byte would.
        var byte: UInt8 = 1
        write(writing, &byte, 1)
    }

    /// Everything that has come, in order; waits for the first at most `milliseconds` (negative: for ever).
    package func take(waitingAtMost milliseconds: Int64) -> [Message] {
        let already = drain()
        guard already.isEmpty else { return already }
        var watched = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, milliseconds < 0 ? -1 : Int32(clamping: milliseconds))
        return drain()
    }

    private func drain() -> [Message] {
        var bytes = [UInt8](repeating: 0, count: 512)
        while read(reading, &bytes, bytes.count) == bytes.count {}
        return messages.withLock { held in
            defer { held.removeAll() }
            return held
        }
    }
}
