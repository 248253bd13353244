/// Builds the interpreters' environments that plugins ask for.
package protocol EnvironmentProvider: Sendable {
    /// What identifies the environment, without building it or running anything of the commit; `isBuilt` says
    /// whether it is there already.
    func identity(of requirements: [UInt8]?, searchPath: String) throws(PluginError) -> EnvironmentIdentity
    /// Builds it unless it is there; parallel callers wait for one build. Returns its folder.
    func provide(_ identity: EnvironmentIdentity, requirements: [UInt8]?, log: @escaping @Sendable (String) -> Void)
        throws(PluginError) -> ProvidedEnvironment
    /// A copy of a built environment below another folder, made unless it is there. Returns its folder.
    func copy(_ environment: String, below folder: String) throws(PluginError) -> String
}

package struct EnvironmentIdentity: Sendable, Hashable, Codable {
    /// Of requirements, interpreter version, platform and SDK.
    package var key: Digest
    package var interpreter: String
    /// Digest of the resolved packages; nil until it is built.
    package var lock: String?

    package init(key: Digest, interpreter: String, lock: String?) {
        self.key = key
        self.interpreter = interpreter
        self.lock = lock
    }
}

package struct ProvidedEnvironment: Sendable, Equatable {
    package var folder: String
    package var lock: String
    /// Seconds spent building; 0 when it was there.
    package var buildSeconds: Double

    package init(folder: String, lock: String, buildSeconds: Double) {
        self.folder = folder
        self.lock = lock
        self.buildSeconds = buildSeconds
    }
}
