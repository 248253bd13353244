import SluiceModel

/// Slurm's own programs, started without a shell and with nothing of our environment but what they need.
struct SlurmPrograms: Hashable, Sendable {
    /// slurm.conf; nil: Slurm's default place.
    var configuration: String?
    /// Where the programs are found.
    var searchPath: String

    func run(_ name: String, _ arguments: [String]) -> EngineProgram.Answer {
        EngineProgram(searchPath: searchPath, environment: environment).run(name, arguments)
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
