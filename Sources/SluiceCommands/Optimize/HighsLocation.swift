import BudgetOptimizer
import Glibc

/// Where the HiGHS library lies: `SLUICE_HIGHS`, beside the binary, in the checkout, or wherever the system looks.
enum HighsLocation {
    static let hint =
        "run scripts/setup in a checkout, install libhighs by your system, or set SLUICE_HIGHS to the path of libhighs.so"

    /// The first place that has one, and its version; throws 69 with a hint where none can be loaded.
    static func find() throws(CommandFailure) -> (path: String, version: String) {
        if let set = ProcessEnvironment["SLUICE_HIGHS"] { return try load(set) }
        let installation = Installation.current()
        let folders = beside(installation.executable) + (installation.share.map { [$0 + "/.highs/lib"] } ?? [])
        for folder in folders {
            if let found = library(in: folder) { return try load(found) }
        }
        for name in ["libhighs.so.1", "libhighs.so"] {
            if let found = try? load(name) { return found }
        }
        throw CommandFailure(.unavailable, "HiGHS, the solver of linear programs, is missing", hint: hint)
    }

    private static func load(_ path: String) throws(CommandFailure) -> (path: String, version: String) {
        do throws(LinearSolverError) {
            return (path, try LinearSolver.version(library: path))
        } catch {
            throw CommandFailure(.unavailable, error.description, hint: hint)
        }
    }

    private static func beside(_ executable: String) -> [String] {
        guard let slash = executable.lastIndex(of: "/") else { return [] }
        return [executable[..<slash] + "/../lib"]
    }

    /// `libhighs.so`, or the first version of it by name.
    private static func library(in folder: String) -> String? {
        guard let listing = opendir(folder) else { return nil }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "libhighs.so" || name.hasPrefix("libhighs.so.") { names.append(name) }
        }
        return names.min().map { "\(folder)/\($0)" }
    }
}
