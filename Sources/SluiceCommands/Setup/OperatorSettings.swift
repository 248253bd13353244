import SluiceGit
import SluiceModel
import SluicePlanning

/// Reads the operator's configuration: one per repository over one per service user.
enum OperatorSettings {
    /// Of the repository that the current folder lies in; outside of one, the user's alone.
    static func here() throws -> OperatorConfiguration {
        var folder: String?
        do throws(GitError) {
            folder = try GitRepository.open(at: ".").commonDirectory
        } catch {
            guard error.code == .notARepository else { throw error }
        }
        return try load(gitDirectory: folder)
    }

    static func load(gitDirectory: String?) throws -> OperatorConfiguration {
        var configuration = OperatorConfiguration()
        for path in files(gitDirectory: gitDirectory) {
            guard let bytes = try Files.bytes(at: path) else {
                // Where it is named and not there, what it was to say would be missing without a word.
                guard path != ProcessEnvironment["SLUICE_CONFIG"] else {
                    throw CommandFailure(.storage, "there is no file \(path)", hint: "SLUICE_CONFIG names it")
                }
                continue
            }
            let (layer, diagnostics) = OperatorFile.parse(SourceText(path: path, bytes: bytes))
            for warning in diagnostics where warning.severity != .error { Diagnostics.tell([warning]) }
            guard let layer, !diagnostics.contains(where: { $0.severity == .error }) else {
                throw InvalidDefinition(diagnostics: diagnostics)
            }
            configuration = layer.layered(over: configuration)
        }
        return configuration
    }

    /// The user's, then the repository's, whether they are there or not.
    static func files(gitDirectory: String?) -> [String] {
        [userFile, gitDirectory.map { $0 + "/sluice.yaml" }].compactMap(\.self)
    }

    private static var userFile: String? {
        if let file = ProcessEnvironment["SLUICE_CONFIG"] { return file }
        if let folder = ProcessEnvironment["XDG_CONFIG_HOME"] { return folder + "/sluice/sluice.yaml" }
        return ProcessEnvironment["HOME"].map { $0 + "/.config/sluice/sluice.yaml" }
    }
}
