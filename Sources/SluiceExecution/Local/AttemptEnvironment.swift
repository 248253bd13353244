import SluiceModel

/// A plugin's environment, built from empty.
enum AttemptEnvironment {
    /// Read by maths libraries to decide how many threads they start.
    private static let threadCaps = [
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "LOKY_MAX_CPU_COUNT",
        "TBB_NUM_THREADS", "JULIA_NUM_THREADS", "GOMAXPROCS",
    ]

    /// What a stage's `env` may not set, because it says which code is loaded before the program's own, or is the
    /// runner's to say. A list cannot be complete; what is unlisted harms only the stage that set it, for a
    /// plugin with secrets is granted them together with its pipeline.
    private static let reservedPrefixes = ["LD_", "DYLD_", "GIT_", "BASH_FUNC_", "GLIBC_", "MALLOC_"]
    private static let reservedNames: Set<String> = [
        "PATH", "HOME", "TMPDIR", "LANG", "SLUICE", "PWD", "OLDPWD", "SHELL", "IFS", "ENV", "BASH_ENV", "SHELLOPTS",
        "BASHOPTS", "PS4", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONNOUSERSITE", "VIRTUAL_ENV",
        "NODE_OPTIONS", "PERL5OPT", "RUBYOPT", "JAVA_TOOL_OPTIONS", "GCONV_PATH", "CUDA_VISIBLE_DEVICES",
    ]

    /// The variables, and a warning for each name of the stage's that was refused.
    static func build(
        for request: AttemptRequest, devices: [String]
    ) -> (variables: [String: String], warnings: [String]) {
        var variables = threads(request.grant.request.cpus)
        var warnings: [String] = []
        for (name, value) in request.environment.sorted(by: { $0.key < $1.key }) {
            if let reason = refusal(name, value) {
                warnings.append("env: '\(ShownText.escaped(name))' is not set: \(reason)")
            } else {
                variables[name] = value
            }
        }
        for secret in request.secrets where refusal(secret.name, "") == nil {
            variables[secret.name] = String(decoding: secret.value, as: UTF8.self)
        }
        variables.merge(fixed(request, devices)) { _, ours in ours }
        return (variables, warnings)
    }

    private static func fixed(_ request: AttemptRequest, _ devices: [String]) -> [String: String] {
        var variables = [
            "PATH": request.searchPath, "HOME": request.folders.home, "TMPDIR": request.folders.temporary,
            "LANG": "C.UTF-8", "SLUICE": "1",
            // Empty, not absent: a framework that finds nothing said takes every device.
            "CUDA_VISIBLE_DEVICES": devices.joined(separator: ","),
        ]
        if let python = request.program.pythonEnvironment {
            variables["PATH"] = python + "/bin:" + request.searchPath
            variables["VIRTUAL_ENV"] = python
            variables["PYTHONNOUSERSITE"] = "1"
            variables["PYTHONDONTWRITEBYTECODE"] = "1"
        }
        return variables
    }

    /// The cores that were granted, rounded up; at least one.
    private static func threads(_ cpus: Amount) -> [String: String] {
        let whole = max(1, Int64(cpus.doubleValue.rounded(.up)))
        return Dictionary(uniqueKeysWithValues: threadCaps.map { ($0, String(whole)) })
    }

    private static func refusal(_ name: String, _ value: String) -> String? {
        if name.isEmpty || name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }) {
            return "this cannot be a variable's name"
        }
        if value.utf8.contains(0) { return "its value has a NUL byte" }
        let isReserved = reservedNames.contains(name) || reservedPrefixes.contains { name.hasPrefix($0) }
        return isReserved ? "the name is reserved" : nil
    }
}

extension AttemptRequest.Program {
    /// The folder of the Python environment that it runs in.
    var pythonEnvironment: String? {
        guard case .plugin(_, _, let python) = self else { return nil }
        return python
    }
}
