/// Where a secret comes from and which plugins may have it; the operator says so.
package struct SecretRule: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        /// Absolute.
        case file(String)
        /// A variable of the runner's environment.
        case environment(String)
        /// argv of a program that prints it; no shell.
        case command([String])
    }

    package var source: Source
    /// Names of plugins of the operator and of those that are installed with the binary.
    package var plugins: [String]
    /// `tree:…` or `sha256:…`: exactly that content, wherever it lies.
    package var digests: [String]
    /// Changes with the value: what was made with the old one is not reused.
    package var version: String

    package init(source: Source, plugins: [String] = [], digests: [String] = [], version: String = "1") {
        self.source = source
        self.plugins = plugins
        self.digests = digests
        self.version = version
    }

    /// A name counts only where no push can take it.
    package func isGranted(to folder: PluginFolder) -> Bool {
        digests.contains(folder.digest) || (folder.origin != .tree && plugins.contains(folder.name))
    }
}
