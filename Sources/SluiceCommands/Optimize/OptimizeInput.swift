import BudgetOptimizer
import Glibc
import SluiceModel
import SluicePlanning
import SluiceReport

/// Reads the files of `sluice optimize`, and measures.
enum OptimizeInput {
    /// Larger files are refused.
    private static let largest = 1 << 28
    /// Bytes of a line that an excerpt is cut from.
    private static let longestExcerpt = 4_096

    static func bytes(at path: String) throws(CommandFailure) -> [UInt8] {
        let bytes: [UInt8]?
        do { bytes = try Files.bytes(at: path, limit: largest) } catch {
            throw CommandFailure(.invalid, error.message)
        }
        guard let bytes else { throw CommandFailure(.invalid, "there is no file \(path)") }
        return bytes
    }

    /// `model.mps:12:5: there is no row 'x'`, with the line below it.
    static func failure(_ path: String, _ error: TextFailure, in bytes: [UInt8]) -> CommandFailure {
        let line = line(error.line, of: bytes)
        let diagnostic = Diagnostic(
            id: "", message: error.message,
            location: SourceLocation(file: path, line: error.line, column: error.column), excerpt: line)
        let excerpt = DiagnosticText.lines(diagnostic, style: .plain).dropFirst()
        return CommandFailure(.invalid, (["\(path):\(error)"] + excerpt).joined(separator: "\n"))
    }

    /// The same for JSON, where errors name a place or the path of a key: all of them, in the order of the file.
    static func failure(_ path: String, _ errors: [GateFileError], in bytes: [UInt8]) -> CommandFailure {
        let places = GateFileJSON.places(of: errors.map(\.place), in: bytes)
        let inOrder = errors.map { (error: $0, placed: placed($0, places)) }
            .sorted { ($0.placed?.line ?? 0, $0.placed?.column ?? 0) < ($1.placed?.line ?? 0, $1.placed?.column ?? 0) }
        let messages = inOrder.map { error, placed in
            placed.map { failure(path, $0, in: bytes).message } ?? "\(path): \(error)"
        }
        return CommandFailure(.invalid, messages.joined(separator: "\n"))
    }

    /// nil where the whole file is meant.
    private static func placed(
        _ error: GateFileError, _ places: [String: (line: Int, column: Int)]
    ) -> TextFailure? {
        let numbers = error.place.split(separator: ":").compactMap { Int($0) }
        if numbers.count == 2, error.place.first?.isNumber ?? false {
            return TextFailure(line: numbers[0], column: numbers[1], message: error.message)
        }
        return places[error.place].map {
            TextFailure(line: $0.line, column: $0.column, message: error.description)
        }
    }

    private static func line(_ number: Int, of bytes: [UInt8]) -> String {
        var start = bytes.startIndex
        for _ in 1..<max(1, number) {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { return "" }
            start = end + 1
        }
        let line = bytes[start...].prefix { $0 != 0x0A }.prefix(longestExcerpt)
        return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
    }

    /// The part behind the last point, in lower case.
    static func kind(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
    }

    /// CPU seconds of this process.
    static func cpuSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    /// Seconds of a clock that never jumps.
    static func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
