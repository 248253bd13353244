import Glibc
import SluiceModel
import Synchronization

/// The program `bwrap` of this machine, if it can wall attempts in here.
struct Bubblewrap: Sendable, Equatable {
    let path: String

    private static let places = "/usr/bin:/usr/local/bin:/bin"
    /// Milliseconds.
    private static let patience: Int64 = 10_000
    private static let answers = Mutex<[String: Result<Bubblewrap, PluginError>]>([:])

    /// Found out once per process by walling something in, not by asking what kernel this is: user namespaces may be
    /// switched off in many ways.
    static func find(searchPath: String = "") -> Result<Bubblewrap, PluginError> {
        answers.withLock { answers in
            if let known = answers[searchPath] { return known }
            let answer = probe(searchPath)
            answers[searchPath] = answer
            return answer
        }
    }

    private static func probe(_ searchPath: String) -> Result<Bubblewrap, PluginError> {
        guard let path = ProgramResolver.lookUp("bwrap", in: searchPath + ":" + places) else {
            return .failure(
                PluginError(
                    .notFound, "bubblewrap is not installed", hint: "install it: on Debian, apt-get install bubblewrap")
            )
        }
        let launch = ProcessLaunch(
            path: path,
            arguments: [path] + SandboxArguments.namespaces(hasNetwork: false) + [
                "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--", "/bin/true",
            ],
            environment: [:], folder: "/", orphanKill: 0, mayGainPrivileges: true)
        guard let ending = SupervisedTool(launch: launch, timeout: patience).run(), ending.isGood else {
            let said = SupervisedTool(launch: launch, timeout: patience).run()?.tail.last ?? "it does not start"
            return .failure(
                PluginError(
                    .notExecutable, "bubblewrap does not work here: \(said)",
                    hint:
                        "it needs user namespaces: sysctl kernel.unprivileged_userns_clone, AppArmor, or the container"
                        + " may forbid them"))
        }
        return .success(Bubblewrap(path: path))
    }
}
