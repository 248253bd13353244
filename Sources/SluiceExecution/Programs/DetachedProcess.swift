import Glibc
import SluiceModel

/// A process that outlives its parent: a session of its own, stdin from nowhere, both outputs to a file, no other
/// descriptor. Nothing of it can hold a push open.
package enum DetachedProcess {
    package static func start(
        _ arguments: [String], environment: [String: String], folder: String, output: String
    ) throws(PluginError) {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let log = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        defer {
            close(nothing)
            close(log)
        }
        guard nothing >= 0, log >= 0 else {
            throw PluginError(.notExecutable, "cannot open \(output): \(String(cString: strerror(errno)))")
        }
        _ = try SpawnedProgram.start(
            arguments, environment: environment, folder: folder,
            descriptors: .init(input: nothing, output: log, error: log), newSession: true)
    }
}
