import SluiceModel
import Synchronization

/// Files and folders in memory, for the fakes of everything that writes to disk.
package final class MemoryDisk: Sendable {
    private struct Inner {
        var files: [String: [UInt8]] = [:]
        var folders: Set<String> = []
    }

    private let inner = Mutex(Inner())

    package init() {}

    package var files: [String: [UInt8]] { inner.withLock { $0.files } }
    package var folders: Set<String> { inner.withLock { $0.folders } }

    package func text(at path: String) -> String? {
        inner.withLock { $0.files[path] }.map { String(decoding: $0, as: UTF8.self) }
    }

    package func write(_ text: String, to path: String) { write(Array(text.utf8), to: path) }

    package func write(_ bytes: [UInt8], to path: String) { inner.withLock { $0.files[path] = bytes } }

    package func makeFolder(_ path: String) { _ = inner.withLock { $0.folders.insert(path) } }

    /// Paths of all files at or below a path, sorted.
    package func paths(below path: String) -> [String] {
        inner.withLock { inner in
            inner.files.keys.filter { $0 == path || $0.hasPrefix(path + "/") }.sorted()
        }
    }

    package func remove(_ path: String) {
        inner.withLock { inner in
            inner.files = inner.files.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
            inner.folders = inner.folders.filter { $0 != path && !$0.hasPrefix(path + "/") }
        }
    }
}
