import Glibc
import PluginContract
import SluiceModel

/// The operator's `python3`: what the first one in PATH says of itself.
struct PythonInterpreter: Equatable {
    /// The real executable, behind shims such as pyenv's.
    var path: String
    var version: String
    var platform: String

    private static let oldest = (3, 9)
    private static let question = """
        import sys, sysconfig
        print(sys.executable)
        print(".".join(map(str, sys.version_info[:3])))
        print(sys.implementation.cache_tag + "-" + sysconfig.get_platform())
        """

    /// Answers are kept in the file, by the path and stamp of what was asked: asking takes tens of milliseconds.
    static func find(
        searchPath: String, environment: [String: String], answers file: String
    ) throws(PluginError) -> PythonInterpreter {
        guard let path = ProgramResolver.lookUp("python3", in: searchPath) else {
            throw PluginError(
                .interpreterMissing, "there is no python3 in the operator's PATH",
                hint: "install python3 (3.9 or newer)")
        }
        let stamp = stamp(of: path, environment)
        let known = smallFile(file, limit: 1 << 20).flatMap { try? JSONReader.read($0) }
        if let answer = known?[stamp], let found = PythonInterpreter(json: answer),
            ProgramResolver.isExecutable(found.path)
        {
            return found
        }
        let found = try ask(path, environment)
        var members = (known?.objectValue ?? [:]).count < 100 ? known?.objectValue ?? [:] : [:]
        members[stamp] = found.json
        // A failure costs only the next question.
        _ = writeAtomically(JSON.object(members).line, to: file)
        return found
    }

    /// Isolated (`-I`): nothing of the environment or of the current folder is imported.
    private static func ask(_ path: String, _ environment: [String: String]) throws(PluginError) -> PythonInterpreter {
        let launch = ProcessLaunch(
            path: path, arguments: [path, "-I", "-c", question], environment: environment, folder: "/", orphanKill: 0)
        guard let ending = SupervisedTool(launch: launch, timeout: 30000).run(), ending.isGood,
            ending.stdout.count == 3
        else {
            throw PluginError(.interpreterMissing, "\(path) does not work", hint: "try: \(path) -I -c pass")
        }
        let found = PythonInterpreter(path: ending.stdout[0], version: ending.stdout[1], platform: ending.stdout[2])
        let numbers = found.version.split(separator: ".").compactMap { Int($0) }
        guard numbers.count == 3, (numbers[0], numbers[1]) >= oldest else {
            throw PluginError(
                .interpreterMissing, "\(path) is Python \(found.version)", hint: "3.9 or newer is needed")
        }
        return found
    }

    /// Changes when the file does; for a version manager's shim also when its chosen version does.
    private static func stamp(of path: String, _ environment: [String: String]) -> String {
        let root = environment["PYENV_ROOT"] ?? (environment["HOME"] ?? "") + "/.pyenv"
        let choice =
            path.contains("/shims/") ? ":\(environment["PYENV_VERSION"] ?? ""):\(fileStamp(root + "/version"))" : ""
        return "\(path):\(fileStamp(path))\(choice)"
    }

    private static func fileStamp(_ path: String) -> String {
        var information = stat()
        guard stat(path, &information) == 0 else { return "-" }
        let time = information.st_mtim
        return "\(information.st_ino).\(information.st_size).\(time.tv_sec).\(time.tv_nsec)"
    }

    private init(path: String, version: String, platform: String) {
        self.path = path
        self.version = version
        self.platform = platform
    }

    private init?(json: JSON) {
        guard let path = json["path"]?.stringValue, let version = json["version"]?.stringValue,
            let platform = json["platform"]?.stringValue
        else { return nil }
        self.init(path: path, version: version, platform: platform)
    }

    private var json: JSON {
        .object(["path": .string(path), "version": .string(version), "platform": .string(platform)])
    }
}
