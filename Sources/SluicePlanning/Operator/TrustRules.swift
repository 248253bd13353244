import SluiceModel

/// Which references are trusted: by the operator's word, else by the kind of repository.
package struct TrustRules: Sendable {
    private let configured: OperatorConfiguration.Trust?
    private let isBare: Bool
    private let isCI: Bool
    private let defaultBranch: Reference?

    package init(
        configured: OperatorConfiguration.Trust?, isBare: Bool, isCI: Bool, defaultBranch: Reference?
    ) {
        self.configured = configured
        self.isBare = isBare
        self.isCI = isCI
        self.defaultBranch = defaultBranch
    }

    /// Without a configuration: everything of a working repository, the default branch of a bare one, nothing under
    /// a CI system. A commit without a reference (nil) is as trusted as the repository's own work.
    package func trust(_ reference: Reference?) -> Bool {
        if let configured { return reference.map(configured.includes) ?? !isBare }
        if isCI { return false }
        return isBare ? reference != nil && reference == defaultBranch : true
    }
}
