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

    /// The same for JSON, where an error names a place or the path of a key.
    static func failure(_ path: String, _ error: GateFileError, in bytes: [UInt8]) -> CommandFailure {
        guard let placed = placed(error, in: bytes) else { return CommandFailure(.invalid, "\(path): \(error)") }
        return failure(path, placed, in: bytes)
    }

    /// All of them, in the order of the file.
    static func failure(_ path: String, _ errors: [GateFileError], in bytes: [UInt8]) -> CommandFailure {
        let inOrder = errors.map { (error: $0, place: placed($0, in: bytes)) }
            .sorted { ($0.place?.line ?? 0, $0.place?.column ?? 0) < ($1.place?.line ?? 0, $1.place?.column ?? 0) }
        let messages = inOrder.map { failure(path, $0.error, in: bytes).message }
        return CommandFailure(.invalid, messages.joined(separator: "\n"))
    }

    /// nil where the whole file is meant.
    private static func placed(_ error: GateFileError, in bytes: [UInt8]) -> TextFailure? {
        let numbers = error.place.split(separator: ":").compactMap { Int($0) }
        if numbers.count == 2, error.place.first?.isNumber ?? false {
            return TextFailure(line: numbers[0], column: numbers[1], message: error.message)
        }
        return GateFileJSON.place(of: error.place, in: bytes).map {
            TextFailure(line: $0.line, column: $0.column, message: error.description)
        }
    }

    private static func line(_ number: Int, of bytes: [UInt8]) -> String {
        let lines = bytes.split(separator: 0x0A, maxSplits: number, omittingEmptySubsequences: false)
        guard lines.indices.contains(number - 1) else { return "" }
        let line = lines[number - 1].prefix(longestExcerpt)
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
