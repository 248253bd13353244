/// All folders that one name stands for, and what is wrong with each: what `uses: NAME` would find.
package struct PluginListing: Sendable, Equatable {
    /// A folder with that name, whether it can be used or not.
    package struct Candidate: Sendable, Equatable {
        package var folder: PluginFolder
        /// nil where the manifest has errors.
        package var manifest: PluginManifest?
        package var diagnostics: [Diagnostic]

        package init(folder: PluginFolder, manifest: PluginManifest?, diagnostics: [Diagnostic]) {
            self.folder = folder
            self.manifest = manifest
            self.diagnostics = diagnostics
        }

        package var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
        package var isValid: Bool { manifest != nil && errors.isEmpty }
    }

    package var name: String
    /// Best first: the first one is used, valid or not, and hides the others.
    package var candidates: [Candidate]
    /// Of folders that are no candidates: without a manifest, with links that lead out of them.
    package var diagnostics: [Diagnostic]

    package init(name: String, candidates: [Candidate], diagnostics: [Diagnostic]) {
        self.name = name
        self.candidates = candidates
        self.diagnostics = diagnostics
    }

    package var used: Candidate? { candidates.first }
    package var isValid: Bool { used?.isValid == true && !diagnostics.contains { $0.severity == .error } }
}
