import SluiceModel
import Synchronization

/// Python environments that are there at once, or never.
package final class MemoryEnvironments: EnvironmentProvider {
    private let error: PluginError?
    private let count = Mutex(0)

    package init(failing error: PluginError? = nil) { self.error = error }

    /// How often one was asked for.
    package var provided: Int { count.withLock { $0 } }

    package func identity(of requirements: [UInt8]?, searchPath: String) throws(PluginError) -> EnvironmentIdentity {
        EnvironmentIdentity(key: StandInDigest.of("environment"), interpreter: "python3", lock: nil)
    }

    package func provide(
        _ identity: EnvironmentIdentity, requirements: [UInt8]?, log: @escaping @Sendable (String) -> Void
    ) throws(PluginError) -> ProvidedEnvironment {
        count.withLock { $0 += 1 }
        if let error { throw error }
        return ProvidedEnvironment(folder: "/environments/1", lock: "lock", buildSeconds: 0)
    }

    package func copy(_ environment: String, below folder: String) throws(PluginError) -> String {
        folder + "/" + (environment.split(separator: "/").last ?? "")
    }
}
