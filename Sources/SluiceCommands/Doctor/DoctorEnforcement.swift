import SluiceExecution
import SluiceModel

/// What holds attempts to their grants and walls them in, as their records will say.
struct DoctorEnforcement {
    let settings: OperatorConfiguration

    var facts: [DoctorFact] {
        limits.map { DoctorFact("limits", $0) } + sandbox.map { DoctorFact("sandbox", $0) }
    }

    private var limits: [String] {
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

    private var sandbox: [String] {
        let obstacle = SandboxSettings.obstacle(searchPath: ProcessEnvironment.searchPath)
        let works = obstacle.map { "\($0.message)" } ?? "bubblewrap works here"
        let line =
            switch (settings.sandbox ?? .off, obstacle == nil) {
            case (.auto, true): "auto: stages run in one; \(works)"
            case (.auto, false): "auto: stages run without, as this user, \(privileges); \(works)"
            case (.strict, true): "strict: stages run in one and see what they need only; \(works)"
            case (.strict, false): "strict: nothing runs; \(works)"
            case (.off, _): "off: stages of trusted references run as this user, \(privileges); \(works)"
            }
        return [line] + [obstacle?.hint].compactMap(\.self) + [untrusted(obstacle)]
    }

    private var privileges: String {
        settings.mayGainPrivileges == true ? "and may gain privileges" : "without new privileges"
    }

    private func untrusted(_ obstacle: PluginError?) -> String {
        guard let terms = settings.untrusted, terms.runs else { return "what is not trusted is planned and gated only" }
        guard obstacle == nil else {
            return "what is not trusted is planned and gated only: it may not run without one"
        }
        let network = terms.hasNetwork ? "with network if it asks" : "without network"
        return "what is not trusted runs in a strict one, \(network)"
    }
}
