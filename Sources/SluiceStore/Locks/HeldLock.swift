import Glibc
import SluiceModel

/// A file lock that is held: whoever holds it is alive. It ends with the process, however that ends.
///
/// An open-file-description lock (Linux 3.15): it belongs to the opened file, is not inherited by a program that
/// is started, and can be asked for without being taken, so a look never disturbs a holder.
package final class HeldLock: Sendable {
    private let path: String
    private let descriptor: Descriptor

    private init(path: String, descriptor: Descriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Removed while it is still held, so that the folder of locks does not fill.
    deinit { unlink(path) }

    /// nil when somebody else, or this process, holds it.
    static func tryHold(_ path: String) throws(StoreError) -> HeldLock? {
        do {
            while true {
                let descriptor = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
                guard try setLock(descriptor, Linux.setLock) else { return nil }
                // The last holder may have removed the file between our opening and our locking.
                if try descriptor.status().st_nlink > 0 { return HeldLock(path: path, descriptor: descriptor) }
            }
        } catch {
            throw error.storeError
        }
    }

    /// Waits for it.
    static func hold(_ path: String) throws(StoreError) -> HeldLock {
        do {
            while true {
                let descriptor = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
                guard try setLock(descriptor, Linux.waitLock) else { continue }
                if try descriptor.status().st_nlink > 0 { return HeldLock(path: path, descriptor: descriptor) }
            }
        } catch {
            throw error.storeError
        }
    }

    /// Waits for it until then. nil: cancelled.
    static func hold(_ path: String, unless cancellation: Cancellation) throws(StoreError) -> HeldLock? {
        while cancellation.state.reason == nil {
            if let lock = try tryHold(path) { return lock }
            usleep(pause)
        }
        return nil
    }

    /// Microseconds between two tries. The kernel's own wait for a lock hears signals alone, and those any thread gets.
    private static let pause: UInt32 = 20_000

    /// Looks without taking.
    static func isHeld(_ path: String) throws(StoreError) -> Bool {
        let descriptor: Descriptor
        do { descriptor = try Descriptor.open(path, O_RDWR | O_NOFOLLOW) } catch {
            if error.number == ENOENT { return false }
            throw error.storeError
        }
        var query = flock()
        query.l_type = Int16(F_WRLCK)
        guard fcntl(descriptor.number, Linux.askLock, &query) == 0 else { throw FileError("ask for", path).storeError }
        return query.l_type != Int16(F_UNLCK)
    }

    /// False when another holds it.
    private static func setLock(_ descriptor: Descriptor, _ command: Int32) throws(FileError) -> Bool {
        var whole = flock()
        whole.l_type = Int16(F_WRLCK)
        if fcntl(descriptor.number, command, &whole) == 0 { return true }
        guard errno == EAGAIN || errno == EACCES || errno == EINTR else { throw FileError("lock", "a lock file") }
        return false
    }
}
