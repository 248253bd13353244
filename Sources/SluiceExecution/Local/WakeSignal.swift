import CSluiceProcess
import Glibc
import Synchronization

/// Wakes one thread out of its `poll` from any other. Late calls, after `close`, do nothing.
final class WakeSignal: Sendable {
    private let descriptor: Mutex<Int32>

    init() { descriptor = Mutex(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))) }
    deinit { close() }

    /// For `poll`; -1 when it is closed, or when there were no descriptors left.
    var number: Int32 { descriptor.withLock { $0 } }

    func wake() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { _ = eventfd_write(descriptor, 1) }
        }
    }

    /// Takes the wake-up, so that `poll` blocks again.
    func clear() {
        descriptor.withLock { descriptor in
            var count: eventfd_t = 0
            if descriptor >= 0 { _ = eventfd_read(descriptor, &count) }
        }
    }

    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
