import Glibc
import SluiceExecution
import SluiceGit
import SluiceModel
import SluiceReport

/// What is installed, and what the machine has.
struct DoctorMachine {
    var facts: [DoctorFact] {
        let installation = Installation.current()
        let pool = Machine.pool()
        return [
            DoctorFact("binary", installation.executable),
            DoctorFact("libgit2", GitRepository.libraryVersion),
            DoctorFact("bundled plugins", installation.bundledPlugins ?? "none found beside the binary"),
            DoctorFact("python", found("python3") ?? "not on PATH: stages with a Python environment cannot run"),
            DoctorFact("environments by", found("uv").map { "uv, \($0)" } ?? "venv and pip"),
            DoctorFact("highs", highs),
            DoctorFact("local pool", HumanUnits.request(pool)),
            DoctorFact("gpus", gpus),
        ]
    }

    private var gpus: String {
        let devices = Machine.devices()
        guard !devices.isEmpty else { return "none" }
        let use = found("nvidia-smi").map { "use measured by \($0)" } ?? "use not measured: no nvidia-smi on PATH"
        return devices.joined(separator: ", ") + "; " + use
    }

    private var highs: String {
        do {
            let found = try HighsLocation.find()
            return "\(found.version), \(found.path)"
        } catch {
            return "\(ErrorText.describe(error)); only `sluice optimize lp` needs it"
        }
    }

    private func found(_ program: String) -> String? {
        ProcessEnvironment.searchPath.split(separator: ":").map { "\($0)/\(program)" }
            .first { access($0, X_OK) == 0 }
    }
}
