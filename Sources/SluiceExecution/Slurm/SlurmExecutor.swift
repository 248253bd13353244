import SluiceModel

/// An executor that hands attempts to Slurm.
package enum SlurmExecutor {
    /// `searchPath` is where Slurm's programs are found; `sluice` the binary, at a path that the nodes see.
    package static func executor(
        _ terms: SlurmTerms, name: String, stateFolder: String, sluice: String, searchPath: String,
        sandbox: NodeSandbox
    ) -> any Executor {
        RemoteExecutor(
            name: name, engine: SlurmEngine(terms: terms, programs: SlurmPrograms(terms, searchPath)),
            stateFolder: stateFolder, sluice: sluice, sandbox: sandbox)
    }
}

extension SlurmPrograms {
    init(_ terms: SlurmTerms, _ searchPath: String) {
        self.init(configuration: terms.configuration, searchPath: searchPath)
    }
}
