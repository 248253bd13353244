import Foundation
import Glibc

/// An attempt's log, read from where the last look ended.
struct LogFile {
    let path: String
    private var offset: off_t = 0

    init(path: String) { self.path = path }

    struct Entry: Decodable {
        var time: String
        var stream: String
        var text: String

        /// nil for what is no line of a log.
        init?(_ line: Substring) {
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line.utf8)) else { return nil }
            self = entry
        }
    }

    mutating func newEntries() -> [Entry] { newLines().compactMap(Entry.init) }

    /// Whole lines that have come since.
    mutating func newLines() -> [Substring] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, lseek(descriptor, offset, SEEK_SET) >= 0 else { return [] }
        defer { close(descriptor) }
        guard let bytes = try? Files.bytes(from: descriptor, named: path, limit: 1 << 30),
            let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        offset += off_t(end + 1)
        return String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n")
    }
}
