import Glibc
import SluicePlanning

/// Reads the files of `sluice optimize`, and measures.
enum OptimizeInput {
    /// Larger files are refused.
    private static let largest = 1 << 28

    static func bytes(at path: String) throws(CommandFailure) -> [UInt8] {
        let bytes: [UInt8]?
        do { bytes = try Files.bytes(at: path, limit: largest) } catch {
            throw CommandFailure(.invalid, error.message)
        }
        guard let bytes else { throw CommandFailure(.invalid, "there is no file \(path)") }
        return bytes
    }

    /// `stages.json:3:7: expected ','` or `stages.json: stages[0].name: is missing`
    static func failure(_ path: String, _ error: GateFileError) -> CommandFailure {
        let isPlace = error.place.first?.isNumber ?? false
        return CommandFailure(.invalid, isPlace ? "\(path):\(error)" : "\(path): \(error)")
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
