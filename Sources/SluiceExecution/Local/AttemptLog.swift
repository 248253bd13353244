import Glibc
import PluginContract
import SluiceModel

/// An attempt's log file: JSON lines `{time, stream, text}`, its head and its tail kept, what lies between counted.
///
/// The first half of the limit is written at once. Later text waits in memory, the oldest going first when it is
/// more than the other half, and is written by `finish`. So a plugin may print without end at constant memory.
final class AttemptLog {
    private struct Chunk {
        var time: Timestamp
        var stream: String
        /// Whole lines with their LF.
        var text: [UInt8]
        var lines: Int

        /// What its lines will need in the file, at least.
        var cost: Int { text.count + lines * AttemptLog.overhead }
    }

    /// Bytes of a line in the file around its text.
    private static let overhead = 60

    private let file: Descriptor
    private let half: Int
    private var headRoom: Int
    private var tail: [Chunk] = []
    private var tailStart = 0
    private var tailCost = 0
    /// Bytes of text that are in no file.
    private(set) var droppedBytes = 0
    private(set) var droppedLines = 0
    /// The file could not be written.
    private(set) var failure: Int32?

    /// Appends to the file or makes it. A file that cannot be opened is a `failure`, not an error: the attempt
    /// goes on without a log.
    init(path: String, limit: Int) {
        file = Descriptor(open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600))
        failure = file.isOpen ? nil : errno
        half = max(0, limit / 2)
        headRoom = half
    }

    /// `text`: whole lines with their LF.
    func append(_ text: [UInt8], lines: Int, stream: String, time: Timestamp) {
        guard headRoom > 0 else { return keep(Chunk(time: time, stream: stream, text: text, lines: lines)) }
        var written: [UInt8] = []
        var start = 0
        var rest = lines
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            let line = Self.line(text[start..<end], stream: stream, time: time)
            guard line.count <= headRoom - written.count else { break }
            written += line
            start = min(end + 1, text.count)
            rest -= 1
        }
        headRoom -= written.count
        write(written)
        guard start < text.count else { return }
        headRoom = 0
        keep(Chunk(time: time, stream: stream, text: Array(text[start...]), lines: rest))
    }

    /// Writes the tail, after a line that says how much is missing.
    func finish(time: Timestamp) {
        var kept: [[UInt8]] = []
        var room = half
        for chunk in tail[tailStart...].reversed() {
            for line in Self.lines(of: chunk.text).reversed() {
                let written = Self.line(line, stream: chunk.stream, time: chunk.time)
                if room >= written.count {
                    kept.append(written)
                    room -= written.count
                } else {
                    room = 0
                    droppedBytes += line.count + 1
                    droppedLines += 1
                }
            }
        }
        tail = []
        if droppedBytes > 0 { write(Self.gap(bytes: droppedBytes, lines: droppedLines, time: time)) }
        write(kept.reversed().flatMap { $0 })
    }

    private func keep(_ chunk: Chunk) {
        tail.append(chunk)
        tailCost += chunk.cost
        while tailCost > half, tailStart < tail.count - 1 {
            tailCost -= tail[tailStart].cost
            droppedBytes += tail[tailStart].text.count
            droppedLines += tail[tailStart].lines
            tail[tailStart].text = []
            tailStart += 1
        }
        if tailStart > 64, tailStart * 2 > tail.count {
            tail.removeFirst(tailStart)
            tailStart = 0
        }
    }

    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, failure == nil {
            let count = rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { failure = errno }
        }
    }

    private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        if text.last == 0x0A { lines.removeLast() }
        return lines
    }

    private static func line(_ text: ArraySlice<UInt8>, stream: String, time: Timestamp) -> [UInt8] {
        var bytes = Array(#"{"time":"\#(time)","stream":"\#(stream)","text":"#.utf8)
        JSON.write(String(decoding: text.last == 0x0D ? text.dropLast() : text, as: UTF8.self), to: &bytes)
        bytes += "}\n".utf8
        return bytes
    }

    private static func gap(bytes: Int, lines: Int, time: Timestamp) -> [UInt8] {
        let gap: [String: JSON] = [
            "time": .string(time.description), "stream": .string("log"),
            "text": .string("… \(bytes) bytes in \(lines) lines are left out here …"),
            "dropped_bytes": .integer(Int64(bytes)), "dropped_lines": .integer(Int64(lines)),
        ]
        return JSON.object(gap).line + [0x0A]
    }
}
