import Glibc
import Synchronization

/// The two streams of the process: stdout is the answer, stderr is for people.
///
/// Writes are whole and never raise SIGPIPE; a reader that has gone away loses what it does not read. In a hook they
/// do not wait for long either: git keeps the pipe of a pusher who is gone open and reads no more of it, and once it is
/// full a write would never return.
enum Console {
    /// Milliseconds that all writes together may wait for room; nil: for ever.
    private static let patience = Mutex<Int32?>(nil)

    /// From now on what has no room is lost.
    static func becomeImpatient() { patience.withLock { $0 = 1000 } }

    static func answer(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
    static func tell(_ text: String) {
        guard let teller = teller.withLock(\.self) else { return write(text + "\n", to: STDERR_FILENO) }
        teller(text + "\n")
    }

    /// Who makes room on stderr for what is told while a picture stands there; nil: nobody has to.
    static func tell(through teller: (@Sendable (String) -> Void)?) { Self.teller.withLock { $0 = teller } }

    private static let teller = Mutex<(@Sendable (String) -> Void)?>(nil)

    static var answersToTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var tellsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns and rows of the terminal on a stream, else 100 × 30.
    static func size(of descriptor: Int32) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (100, 30) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Where nobody gave us one of the three streams, files that are opened later must not get its number: what is
    /// said would be written into them.
    static func fillStandardStreams() {
        while true {
            let descriptor = open("/dev/null", O_RDWR)
            guard descriptor >= 0, descriptor <= STDERR_FILENO else {
                close(descriptor)
                return
            }
        }
    }

    /// Why a part of the answer could not be written, if so; a reader who has gone wanted no more of it.
    static var lostAnswer: String? {
        lost.withLock { $0.map { "cannot write the answer: " + String(cString: strerror($0)) } }
    }

    private static let lost = Mutex<Int32?>(nil)

    static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

    /// False, and nothing said, where that would have to wait. A pipe with room at all has it for `PIPE_BUF` bytes.
    static func tellIfRoom(_ text: String) -> Bool {
        guard events(POLLOUT, within: 0) & Int16(POLLOUT) != 0 else { return false }
        let line = Array(text.utf8.prefix(Int(PIPE_BUF) - 1)) + [UInt8(ascii: "\n")]
        return line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) } > 0
    }

    /// Whether somebody could still read what is told.
    static var hasListener: Bool { events(0, within: 0) & Int16(POLLERR | POLLHUP | POLLNVAL) == 0 }

    private static func events(_ wanted: Int32, within milliseconds: Int32, on descriptor: Int32 = STDERR_FILENO)
        -> Int16
    {
        var watched = pollfd(fd: descriptor, events: Int16(wanted), revents: 0)
        return poll(&watched, 1, milliseconds) > 0 ? watched.revents : 0
    }

    private static var isImpatient: Bool { patience.withLock { $0 != nil } }

    /// Waits for room as long as patience lasts; what was waited for is gone from it.
    private static func hasRoom(_ descriptor: Int32) -> Bool {
        patience.withLock { left in
            guard let milliseconds = left else { return true }
            let start = ContinuousClock.now
            let found = events(POLLOUT, within: milliseconds, on: descriptor)
            left = max(0, milliseconds - Int32(min(1000, (ContinuousClock.now - start) / .milliseconds(1))))
            return found & Int16(POLLOUT) != 0
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard hasRoom(descriptor) else { return }
            let chunk = isImpatient ? rest.prefix(Int(PIPE_BUF)) : rest
            let written = chunk.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return note(errno, descriptor) }
        }
    }

    private static func note(_ error: Int32, _ descriptor: Int32) {
        guard descriptor == STDOUT_FILENO, error != EPIPE else { return }
        lost.withLock { $0 = $0 ?? error }
    }
}
