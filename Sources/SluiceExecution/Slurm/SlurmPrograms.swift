import Glibc
import PluginContract
import SluiceModel

/// Slurm's own programs, started without a shell and with nothing of our environment but what they need.
struct SlurmPrograms: Hashable, Sendable {
    /// slurm.conf; nil: Slurm's default place.
    var configuration: String?
    /// Where the programs are found.
    var searchPath: String

    private static let timeout: Int64 = 15_000
    private static let lines = 200_000

    struct Answer {
        var isGood: Bool
        var lines: [String]
        /// What it complained about, in one line.
        var complaint: String
        /// The last lines of both its outputs.
        var notes: [String] = []
    }

    func run(_ name: String, _ arguments: [String]) -> Answer {
        guard let path = ProgramResolver.lookUp(name, in: searchPath) else {
            return Answer(isGood: false, lines: [], complaint: "there is no program `\(name)` in \(searchPath)")
        }
        let launch = ProcessLaunch(path: path, arguments: [name] + arguments, environment: environment, folder: "/")
        let tool = SupervisedTool(launch: launch, timeout: Self.timeout, keptLines: Self.lines)
        guard let ending = tool.run() else {
            return Answer(isGood: false, lines: [], complaint: "\(name) cannot be started: \(errorText(errno))")
        }
        guard !ending.isGood else {
            return Answer(isGood: true, lines: ending.stdout, complaint: "", notes: ending.tail)
        }
        let complaint = ending.tail.filter { !$0.isEmpty }.suffix(3).joined(separator: "; ")
        let silent = "\(name) said nothing within \(Self.timeout / 1000) s"
        return Answer(isGood: false, lines: ending.stdout, complaint: complaint.isEmpty ? silent : complaint)
    }

    private var environment: [String: String] {
        var variables = ["PATH": searchPath, "LANG": "C", "TZ": "UTC0"]
        variables["SLURM_CONF"] = configuration
        return variables
    }

    /// Whether a complaint is about the way to the controller, not about what was asked.
    static func isUnreachable(_ complaint: String) -> Bool {
        let signs = [
            "Unable to contact slurm controller", "Socket timed out", "Connection refused", "Connection timed out",
            "Zero Bytes were transmitted", "Communication connection failure", "Message receive failure",
            "temporarily unable", "said nothing within", "Could not establish a configuration source",
            "Insane message length", "try again later", "in standby mode", "Protocol authentication error",
        ]
        return signs.contains { complaint.contains($0) }
    }
}
