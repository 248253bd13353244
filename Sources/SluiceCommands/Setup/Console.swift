import Glibc

/// The two streams of the process: stdout is the answer, stderr is for people.
///
/// Writes are whole and never raise SIGPIPE; a reader that has gone away loses what it does not read.
enum Console {
    static func answer(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
    static func tell(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    static func answerBytes(_ bytes: some Collection<UInt8>) { write(Array(bytes), to: STDOUT_FILENO) }

    static var answersToTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var tellsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns and rows of the terminal on stderr, else 100 × 30.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (100, 30) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
        }
    }
}
