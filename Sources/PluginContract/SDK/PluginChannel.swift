import Glibc
import Synchronization

/// The protocol's two descriptors, taken away from everything else in the process and from its children: fd 0
/// becomes empty, fd 1 becomes stderr, so that what anything prints is a log.
final class PluginChannel: Sendable {
    private let source: Int32
    private let sink: Int32
    private let buffer = Mutex<[UInt8]>([])

    init() {
        source = fcntl(0, F_DUPFD_CLOEXEC, 3)
        sink = fcntl(1, F_DUPFD_CLOEXEC, 3)
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(null, 0)
        if null > 2 { close(null) }
        dup2(2, 1)
        signal(SIGPIPE, SIG_IGN)
    }

    /// The next line without its LF; nil at the end.
    func readLine() -> [UInt8]? {
        buffer.withLock { buffer in
            var searched = 0
            while true {
                if let end = buffer[searched...].firstIndex(of: 0x0A) {
                    let line = Array(buffer[..<end])
                    buffer.removeSubrange(...end)
                    return line
                }
                searched = buffer.count
                guard fill(&buffer) else {
                    defer { buffer = [] }
                    return buffer.isEmpty ? nil : buffer
                }
            }
        }
    }

    private func fill(_ buffer: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { chunk in
            var count = read(source, chunk.baseAddress, chunk.count)
            while count < 0, errno == EINTR { count = read(source, chunk.baseAddress, chunk.count) }
            guard count > 0 else { return false }
            buffer += chunk[..<count]
            return true
        }
    }

    /// Blocks until all of it is written; what nobody reads any more is lost.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(sink, $0.baseAddress, $0.count) }
            if count > 0 { rest.removeFirst(count) } else if errno != EINTR { return }
        }
    }

    /// A line on stderr.
    static func complain(_ text: String) {
        let line = Array("sluice: \(text)\n".utf8)
        _ = line.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
