import SluiceModel

/// An executor that hands attempts to Kubernetes.
package enum KubernetesExecutor {
    /// `owner` is the state folder's identity, `carried` the folder whose attempts are carried to pods where these share
    /// none with us, `searchPath` where `kubectl` is found, `home` whose configuration it reads by default.
    package static func executor(
        _ terms: KubernetesTerms, name: String, stateFolder: String, owner: String?, carried: String?,
        searchPath: String, home: String?, sandbox: NodeSandbox
    ) -> any Executor {
        RemoteExecutor(
            name: name,
            engine: KubernetesEngine(
                terms: terms, kubectl: Kubectl(terms: terms, searchPath: searchPath, home: home), owner: owner,
                carried: carried),
            stateFolder: stateFolder, sluice: terms.sluice, sandbox: sandbox)
    }
}
