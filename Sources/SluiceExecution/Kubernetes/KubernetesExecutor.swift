import SluiceModel

/// An executor that hands attempts to Kubernetes.
package enum KubernetesExecutor {
    /// `searchPath` is where `kubectl` is found, `home` whose configuration it reads by default.
    package static func executor(
        _ terms: KubernetesTerms, name: String, stateFolder: String, searchPath: String, home: String?,
        sandbox: NodeSandbox
    ) -> any Executor {
        RemoteExecutor(
            name: name,
            engine: KubernetesEngine(
                terms: terms, kubectl: Kubectl(terms: terms, searchPath: searchPath, home: home)),
            stateFolder: stateFolder, sluice: terms.sluice, sandbox: sandbox)
    }
}
