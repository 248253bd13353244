import Foundation
import Glibc

/// An attempt's log, read from where the last look ended.
struct LogFile {
    /// Where it may be: it moves, whole, from the last one to the first.
    private let paths: [String]
    private var offset: off_t = 0

    init(_ paths: [String]) { self.paths = paths }

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
        var (path, descriptor) = ("", Int32(-1))
        for next in paths where descriptor < 0 {
            (path, descriptor) = (next, open(next, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        }
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard lseek(descriptor, offset, SEEK_SET) >= 0,
            let bytes = try? Files.bytes(from: descriptor, named: path, limit: 1 << 30),
            let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        offset += off_t(end + 1)
        return String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n")
    }
}
