import ArgumentParser
import Glibc
import SluiceExecution
import SluiceGit
import SluiceModel
import SluiceReport
import SluiceStore

/// `sluice doctor`: whether everything is there that a run may need.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks the installation and says what is in force.",
        discussion: "Example:\n  sluice doctor")

    func run() throws {
        let installation = Installation.current()
        let pool = Machine.pool()
        say("binary", installation.executable)
        say("libgit2", GitRepository.libraryVersion)
        say("bundled plugins", installation.bundledPlugins ?? "none found beside the binary")
        say("python", found("python3") ?? "not on PATH: stages with a Python environment cannot run")
        say("environments by", found("uv").map { "uv, \($0)" } ?? "venv and pip")
        say("highs", highs())
        say("local pool", "\(pool.cpus) cpus, \(HumanUnits.bytes(pool.memory)), \(pool.gpus) gpus")
        say("gpus", gpus())
        for line in limits() { say("limits", line) }
        for line in sandbox() { say("sandbox", line) }
        let state: StateFolder
        do {
            state = try StateServices.open().folder
            say("state folder", state.path)
        } catch {
            say("state folder", ErrorText.describe(error))
            throw ErrorText.status(of: error).code
        }
        try sayShared(with: state)
    }

    /// Where nodes of the operator's executors see what they need; of the repository that the current folder lies in.
    private func sayShared(with state: StateFolder) throws {
        var isUsable = true
        for executor in (try? OperatorSettings.here())?.executors ?? [] {
            do throws(StoreError) {
                let folder = try SharedFolder(root: executor.sharedRoot, state: state)
                try folder.check()
                say("executor", "\(executor.name): shares \(folder.path) with its nodes")
            } catch {
                isUsable = false
                say("executor", "\(executor.name): \(error.description)")
            }
        }
        if !isUsable { throw ExitStatus.unavailable.code }
    }

    private func say(_ what: String, _ state: String) {
        Console.answer(what + String(repeating: " ", count: max(1, 18 - what.count)) + state)
    }

    private func gpus() -> String {
        let devices = Machine.devices()
        guard !devices.isEmpty else { return "none" }
        let use = found("nvidia-smi").map { "use measured by \($0)" } ?? "use not measured: no nvidia-smi on PATH"
        return devices.joined(separator: ", ") + "; " + use
    }

    /// What holds attempts to their grants, as their records will say.
    private func limits() -> [String] {
        func list(_ resources: [Overrun.Resource]) -> String {
            resources.map(\.rawValue).joined(separator: ", ")
        }
        let force = Enforcement.available(.auto)
        let missing = Overrun.Resource.allCases.filter { !(force.kernel + force.sampled).contains($0) }
        let kernel = force.kernel.isEmpty ? "" : "\(list(force.kernel)) held by the kernel; "
        let free = missing.isEmpty ? "" : ", \(list(missing)) not held"
        let line = "\(force.mechanism.rawValue): \(kernel)\(list(force.sampled)) sampled while a stage runs\(free)"
        guard force.mechanism == .sampler else { return [line] }
        return [line, "this process may make no control groups: docs/operations.md says how to let it"]
    }

    /// What walls attempts in, as their records will say; of the repository that the current folder lies in.
    private func sandbox() -> [String] {
        let choice = (try? OperatorSettings.here())?.sandbox ?? .off
        let obstacle = SandboxSettings.obstacle(searchPath: ProcessEnvironment.searchPath)
        let works = obstacle.map { "\($0.message)" } ?? "bubblewrap works here"
        let line =
            switch (choice, obstacle == nil) {
            case (.auto, true): "auto: stages run in one; \(works)"
            case (.auto, false): "auto: stages run without, as this user; \(works)"
            case (.strict, true): "strict: stages run in one and see what they need only; \(works)"
            case (.strict, false): "strict: nothing runs; \(works)"
            case (.off, _): "off: stages of trusted references run as this user; \(works)"
            }
        return [line] + [obstacle?.hint].compactMap(\.self) + [untrusted(obstacle)]
    }

    private func untrusted(_ obstacle: PluginError?) -> String {
        guard let terms = (try? OperatorSettings.here())?.untrusted, terms.runs else {
            return "what is not trusted is planned and gated only"
        }
        guard obstacle == nil else {
            return "what is not trusted is planned and gated only: it may not run without one"
        }
        let network = terms.hasNetwork ? "with network if it asks" : "without network"
        return "what is not trusted runs in a strict one, \(network)"
    }

    private func highs() -> String {
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
