import Glibc
import PluginContract
import SluiceModel

/// An engine's own programs, started without a shell and with nothing of our environment.
struct EngineProgram: Hashable, Sendable {
    /// Where they are found.
    var searchPath: String
    var environment: [String: String]

    static let usualTimeout: Int64 = 15_000
    private static let lines = 200_000

    struct Answer {
        var isGood: Bool
        var lines: [String]
        /// What it complained about, in one line.
        var complaint: String
        /// The last lines of both its outputs.
        var notes: [String] = []
        /// Its output as it is, where that was asked for.
        var data: [UInt8] = []
    }

    /// `dataLimit`: bytes of its output that are wanted as they are; `input`: what it reads, then `source`; `sink` gets
    /// its output, where that is a large one; `timeout` in milliseconds.
    func run(
        _ name: String, _ arguments: [String], dataLimit: Int = 0, input: [UInt8] = [], source: Descriptor? = nil,
        sink: Descriptor? = nil, timeout: Int64 = usualTimeout
    ) -> Answer {
        guard let path = ProgramResolver.lookUp(name, in: searchPath) else {
            return Answer(isGood: false, lines: [], complaint: "there is no program `\(name)` in \(searchPath)")
        }
        let launch = ProcessLaunch(
            path: path, arguments: [name] + arguments, environment: environment, folder: "/", mayGainPrivileges: true)
        let tool = SupervisedTool(
            launch: launch, timeout: timeout, keptLines: Self.lines, rawLimit: dataLimit, input: input,
            source: source, sink: sink)
        guard let ending = tool.run() else {
            return Answer(isGood: false, lines: [], complaint: "\(name) cannot be started: \(errorText(errno))")
        }
        guard !ending.isGood else {
            return Answer(isGood: true, lines: ending.stdout, complaint: "", notes: ending.tail, data: ending.raw)
        }
        let complaint = ending.tail.filter { !$0.isEmpty }.suffix(3).joined(separator: "; ")
        let silent = "\(name) said nothing within \(timeout / 1000) s"
        return Answer(
            isGood: false, lines: ending.stdout, complaint: complaint.isEmpty ? silent : complaint, data: ending.raw)
    }
}
