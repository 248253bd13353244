import CSluiceProcess
import Glibc

/// An open file descriptor that is closed exactly once. One thread uses it.
final class Descriptor {
    private(set) var number: Int32

    init(_ number: Int32) { self.number = number }
    deinit { close() }

    var isOpen: Bool { number >= 0 }

    func close() {
        guard isOpen else { return }
        Glibc.close(number)
        number = -1
    }

    func makeNonBlocking() { _ = fcntl(number, F_SETFL, O_NONBLOCK) }

    /// Both ends of a new pipe; nil when there are no descriptors left.
    static func pipe() -> (read: Descriptor, write: Descriptor)? {
        var ends: [Int32] = [-1, -1]
        guard sluice_pipe(&ends) == 0 else { return nil }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    enum ReadResult { case count(Int), wouldBlock, ended }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        let count = Glibc.read(number, buffer.baseAddress, buffer.count)
        if count > 0 { return .count(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .wouldBlock : .ended
    }
}
