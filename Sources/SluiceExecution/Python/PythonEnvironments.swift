import struct Crypto.SHA256
import Glibc
import SluiceModel

/// Python environments in a state folder, one per content: `<folder>/<key>/` is a virtual environment with the
/// packages that a plugin's requirements name and the one-file SDK.
///
/// An environment is built in its final place, because its scripts hold absolute paths, under a file lock; the file
/// `complete` is written last. What a builder that died left is removed by the next one.
package struct PythonEnvironments: EnvironmentProvider {
    /// What installers need to know of the operator: proxies, indexes, certificates, version managers.
    private static let passedPrefixes = ["PIP_", "UV_", "PYENV_"]
    private static let passedNames: Set<String> = [
        "PATH", "HOME", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy",
        "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
        "NETRC", "LANG",
    ]

    private let folder: String
    private let sdk: String
    private let operatorEnvironment: [String: String]
    private let rules: BuildRules

    /// What building one may do.
    package struct BuildRules: Sendable {
        package var sandbox: SandboxSettings
        /// Whose requirements they are: those of others are built apart, behind a strict wall.
        package var isTrusted: Bool
        /// Whether packages may be built from their sources, which runs code of theirs.
        package var allowsSource: Bool

        package init(
            sandbox: SandboxSettings = SandboxSettings(.off), isTrusted: Bool = true, allowsSource: Bool = false
        ) {
            self.sandbox = sandbox
            self.isTrusted = isTrusted
            self.allowsSource = allowsSource
        }
    }

    /// - Parameters:
    ///   - folder: is made when it is needed; absolute.
    ///   - sdk: the path of `sluice.py`.
    ///   - operatorEnvironment: of this process; installers get a part of it, stages none.
    package init(
        folder: String, sdk: String, operatorEnvironment: [String: String], rules: BuildRules = BuildRules()
    ) {
        self.folder = rules.isTrusted ? folder : folder + "/untrusted"
        self.rules = rules
        self.sdk = sdk
        self.operatorEnvironment = operatorEnvironment.filter { name, _ in
            Self.passedNames.contains(name) || Self.passedPrefixes.contains { name.hasPrefix($0) }
        }
    }

    package func identity(of requirements: [UInt8]?, searchPath: String) throws(PluginError) -> EnvironmentIdentity {
        // Where it cannot be made, answers are only not kept.
        try? Self.makeFolder(folder)
        var environment = operatorEnvironment
        environment["PATH"] = searchPath
        let interpreter = try PythonInterpreter.find(
            searchPath: searchPath, environment: environment, answers: folder + "/interpreters.json")
        guard let sdkDigest = FolderDigest.hash(sdk) else {
            throw PluginError(.environmentFailed, "the Python SDK \(sdk) cannot be read")
        }
        var hash = SHA256()
        let parts =
            [
                "sluice-python/1", interpreter.path, interpreter.version, interpreter.platform, sdkDigest.hex,
                requirements == nil ? "none" : "some",
            ] + (rules.allowsSource ? ["sources"] : [])
        for part in parts { hash.update(data: Array(part.utf8) + [0]) }
        hash.update(data: requirements ?? [])
        let key = Digest(bytes: hash.finalize())
        return EnvironmentIdentity(key: key, interpreter: interpreter.path, lock: lock(of: place(key)))
    }

    package func provide(
        _ identity: EnvironmentIdentity, requirements: [UInt8]?, log: @escaping @Sendable (String) -> Void
    ) throws(PluginError) -> ProvidedEnvironment {
        let place = place(identity.key)
        if let lock = lock(of: place) { return ProvidedEnvironment(folder: place, lock: lock, buildSeconds: 0) }
        if let requirements { try Requirements.check(requirements) }
        try Self.makeFolder(folder)
        mkdir(caches, 0o700)
        let guardian = try hold(place)
        defer { withExtendedLifetime(guardian) {} }
        // Somebody else may have built it while we waited.
        if let lock = lock(of: place) { return ProvidedEnvironment(folder: place, lock: lock, buildSeconds: 0) }
        let start = MonotonicClock.now()
        removeTree(place)
        let build = PythonEnvironmentBuild(
            place: place, caches: caches, interpreter: identity.interpreter, sdk: sdk,
            environment: operatorEnvironment, rules: rules, log: log)
        do throws(PluginError) {
            let lock = try build.run(requirements: requirements)
            return ProvidedEnvironment(
                folder: place, lock: lock, buildSeconds: Double(MonotonicClock.now() - start) / 1000)
        } catch {
            removeTree(place)
            throw error
        }
    }

    /// The lock lies beside the original, on a disk of this machine.
    package func copy(_ environment: String, below folder: String) throws(PluginError) -> String {
        let name = environment.split(separator: "/").last ?? ""
        let place = "\(rules.isTrusted ? folder : folder + "/untrusted")/\(name)"
        let guardian = try hold(environment)
        defer { withExtendedLifetime(guardian) {} }
        guard lock(of: place) == nil else { return place }
        try Self.makeFolder(String(place.dropLast(name.count + 1)))
        try PythonEnvironmentCopy(source: environment, place: place).make()
        return place
    }

    private func hold(_ place: String) throws(PluginError) -> Descriptor {
        let guardian = Descriptor(open(place + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
        guard guardian.isOpen else {
            throw PluginError(.environmentFailed, "\(place).lock cannot be made: \(errorText(errno))")
        }
        while flock(guardian.number, LOCK_EX) != 0, errno == EINTR {}
        return guardian
    }

    /// What installers keep for the next time.
    private var caches: String { folder + "/cache" }

    private func place(_ key: Digest) -> String { "\(folder)/\(key.hex)" }

    /// The digest that its `complete` file holds; nil when it is not there whole.
    private func lock(of place: String) -> String? {
        smallFile(place + "/complete", limit: 200).flatMap { Digest(String(decoding: $0, as: UTF8.self)) }?.description
    }

    /// With its missing parents.
    private static func makeFolder(_ folder: String) throws(PluginError) {
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/" + part
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
                throw PluginError(.environmentFailed, "\(path) cannot be made: \(errorText(errno))")
            }
        }
    }
}
