import struct Crypto.SHA256
import Glibc
import SluiceModel

/// Builds one Python environment. Its caller holds the lock and removes what a failure leaves.
struct PythonEnvironmentBuild {
    /// Milliseconds for one installer call: large wheels over slow lines.
    private static let installTime: Int64 = 30 * 60 * 1000
    /// Bytes of the largest file that an installer may write.
    private static let fileLimit: Int64 = 16 << 30
    /// Bytes of memory for each process of an installer: resolving is the most that it needs it for.
    private static let memoryLimit: Int64 = 8 << 30

    let place: String
    let caches: String
    let interpreter: String
    let sdk: String
    let environment: [String: String]
    let rules: PythonEnvironments.BuildRules
    let log: @Sendable (String) -> Void

    /// Returns the digest of the resolved packages.
    func run(requirements: [UInt8]?) throws(PluginError) -> String {
        let wanted = requirements.map { !$0.isEmpty } ?? false
        let installer = wanted ? ProgramResolver.lookUp("uv", in: searchPath) : nil
        try makeEnvironment(withPip: wanted && installer == nil)
        if wanted, let requirements { try install(requirements, with: installer) }
        let packages = try sitePackages()
        try copySDK(into: packages)
        let lock = try writeLock(packages)
        makeReadOnly(below: place)
        try write(Array(lock.utf8), "complete")
        chmod(place, 0o555)
        return lock
    }

    private var python: String { place + "/bin/python" }

    /// PATH as the interpreter was found in, for `uv`.
    private var searchPath: String { environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }

    private func makeEnvironment(withPip: Bool) throws(PluginError) {
        let arguments = [interpreter, "-I", "-m", "venv"] + (withPip ? [] : ["--without-pip"]) + [place]
        try call(arguments, "the virtual environment cannot be made", hint: "on Debian: apt-get install python3-venv")
    }

    private func install(_ requirements: [UInt8], with uv: String?) throws(PluginError) {
        // In a folder of its own: nothing that lies about can be taken for a package.
        let file = place + "/requirements.txt"
        guard writeAtomically(requirements, to: file) else {
            throw PluginError(.environmentFailed, "\(file) cannot be written: \(errorText(errno))")
        }
        let wheelsOnly = (rules.allowsSource ? [] : ["--only-binary", ":all:"]) + ["-r", file]
        let arguments: [String]
        if let uv {
            // Compiling starts the environment's own interpreter, which runs what packages put into `.pth` files.
            let compiling = rules.isTrusted ? ["--compile-bytecode"] : []
            arguments = [uv, "pip", "install", "--python", python, "--no-config"] + compiling + wheelsOnly
        } else {
            arguments =
                [python, "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"] + wheelsOnly
        }
        try call(arguments, "the requirements cannot be installed", hint: nil)
    }

    private func call(_ arguments: [String], _ failure: String, hint: String?) throws(PluginError) {
        var variables = environment
        variables["PATH"] = searchPath
        let wall = try wall()
        if wall != nil { variables.merge(["PIP_CACHE_DIR": caches + "/pip", "UV_CACHE_DIR": caches + "/uv"]) { $1 } }
        var launch = ProcessLaunch(
            path: arguments[0], arguments: arguments, environment: variables, folder: "/", orphanKill: 1000,
            fileSize: Self.fileLimit, dataSize: Self.memoryLimit)
        launch.wall = wall
        guard let ending = SupervisedTool(launch: launch, timeout: Self.installTime).run(log: log) else {
            throw PluginError(.environmentFailed, "\(failure): \(errorText(errno))")
        }
        guard ending.isGood else {
            let tail = ending.tail.suffix(12).joined(separator: "\n")
            throw PluginError(.environmentFailed, "\(failure):\n\(tail)", hint: hint)
        }
    }

    /// The network is what an installer is for; it writes the environment and its caches, and no stage can.
    private func wall() throws(PluginError) -> SandboxPrefix? {
        let settings = rules.sandbox
        let isStrict = !rules.isTrusted || settings.choice == .strict
        guard isStrict || settings.choice == .auto else { return nil }
        switch Bubblewrap.find(searchPath: settings.searchPath) {
        case .failure(let error):
            guard isStrict else { return nil }
            throw PluginError(
                .environmentFailed, "it may be built in a strict sandbox only: \(error.message)", hint: error.hint)
        case .success(let program):
            mkdir(place, 0o755)
            mkdir(caches + "/tmp", 0o700)
            var view = SandboxArguments(hasNetwork: true)
            if isStrict { view.showSystem(searchPath: searchPath) } else { view.showEverything() }
            for path in SandboxView.folders(ofInterpreter: interpreter) { view.showIfThere(path) }
            view.bindTemporary(caches + "/tmp")
            for path in settings.hidden + (isStrict ? settings.hiddenWhenStrict : []) { view.hide(path) }
            view.give(place)
            view.give(caches)
            view.start(in: place)
            return SandboxPrefix(program: program.path, arguments: view.list)
        }
    }

    private func sitePackages() throws(PluginError) -> String {
        let versions = (folderNames(place + "/lib") ?? []).filter { $0.hasPrefix("python3") }
        guard let version = versions.first else {
            throw PluginError(.environmentFailed, "\(place) has no site-packages")
        }
        return "\(place)/lib/\(version)/site-packages"
    }

    private func copySDK(into packages: String) throws(PluginError) {
        guard let source = smallFile(sdk, limit: 4 << 20), writeAtomically(source, to: packages + "/sluice.py") else {
            throw PluginError(.environmentFailed, "the Python SDK \(sdk) cannot be copied: \(errorText(errno))")
        }
    }

    /// `name==version` of everything that is installed, sorted; as the metadata's folders say.
    private func writeLock(_ packages: String) throws(PluginError) -> String {
        let lines = (folderNames(packages) ?? []).filter { $0.hasSuffix(".dist-info") }.compactMap { name -> String? in
            let parts = name.dropLast(".dist-info".count).split(separator: "-", maxSplits: 1)
            return parts.count == 2 ? "\(parts[0].lowercased())==\(parts[1])\n" : nil
        }
        let text = Array(lines.sorted().joined().utf8)
        try write(text, "lock.txt")
        return Digest(bytes: SHA256.hash(data: text)).description
    }

    private func write(_ bytes: [UInt8], _ name: String) throws(PluginError) {
        guard writeAtomically(bytes, to: "\(place)/\(name)") else {
            throw PluginError(.environmentFailed, "\(place)/\(name) cannot be written: \(errorText(errno))")
        }
    }
}
