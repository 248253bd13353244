import SluiceGit
import SluiceModel
import SluicePlanning

/// A repository with what its operator says about it.
struct RepositoryContext: Sendable {
    let git: GitRepository
    let configuration: OperatorConfiguration
    /// The CI system's job that we are part of.
    let job: CIJob?

    var repository: Repository { Repository(gitDirectory: git.commonDirectory, isBare: git.isBare) }

    /// `PATH` of stages: the operator's, else the one recorded at `hook install`, else the caller's.
    var searchPath: String {
        configuration.searchPath ?? git.configuration("sluice.path") ?? ProcessEnvironment.searchPath
    }

    static func open(at path: String = ".") throws -> RepositoryContext { try make(GitRepository.open(at: path)) }

    /// nil outside of a repository.
    static func openIfThere() throws -> RepositoryContext? {
        do {
            return try open()
        } catch let error as GitError where error.code == .notARepository {
            return nil
        }
    }

    /// Inside a hook: the repository, and the quarantine, that git's environment names. `configuration`: the operator's,
    /// where it has been read before.
    static func openInHook(under configuration: OperatorConfiguration? = nil) throws -> RepositoryContext {
        try make(GitRepository.openFromEnvironment(), configuration)
    }

    private static func make(
        _ git: GitRepository, _ configuration: OperatorConfiguration? = nil
    ) throws -> RepositoryContext {
        RepositoryContext(
            git: git, configuration: try configuration ?? OperatorSettings.load(gitDirectory: git.commonDirectory),
            job: try .current())
    }

    /// The same where another engine decides which machine a stage runs on: executors that profiles name mean nothing.
    var placingAllHere: RepositoryContext {
        var configuration = configuration
        configuration.placesAllHere = true
        return RepositoryContext(git: git, configuration: configuration, job: job)
    }

    /// Whether the operator's rules trust a reference. Never asked of the pushed tree. In a CI job for anything but a
    /// push none is: what is checked out for a pull request may bear any name.
    func isTrusted(_ reference: Reference?) -> Bool {
        guard job?.mayBeTrusted ?? true else { return false }
        return TrustRules(
            configured: configuration.trust, isBare: git.isBare, isCI: job != nil,
            defaultBranch: git.defaultBranch
        ).trust(reference)
    }
}
