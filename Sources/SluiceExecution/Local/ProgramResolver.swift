import Glibc
import SluiceModel

/// Finds what a request's program is on this machine.
enum ProgramResolver {
    struct Resolved: Equatable {
        var path: String
        var arguments: [String]
    }

    /// The reason in words when there is nothing that can be executed.
    static func resolve(_ request: AttemptRequest, path searchPath: String) -> Result<Resolved, PluginError> {
        switch request.program {
        case .script(let script):
            return .success(Resolved(path: "/bin/sh", arguments: ["sh", "-eu", "-c", script]))
        case .plugin(let command, let folder, _):
            guard let name = command.first, !name.isEmpty else {
                return .failure(PluginError(.notExecutable, "the plugin's command is empty"))
            }
            return find(name, folder, searchPath).map { path in
                let arguments = command.map { $0.hasPrefix("./") ? folder + $0.dropFirst(1) : $0 }
                return Resolved(path: path, arguments: arguments + [request.verb.rawValue])
            }
        }
    }

    private static func find(_ name: String, _ folder: String, _ searchPath: String) -> Result<String, PluginError> {
        guard !name.contains("/") else {
            let path =
                name.hasPrefix("/") ? name : folder + "/" + (name.hasPrefix("./") ? name.dropFirst(2) : name[...])
            return isExecutable(path) ? .success(path) : .failure(refusal(of: name, at: path))
        }
        guard let path = lookUp(name, in: searchPath) else {
            return .failure(PluginError(.notExecutable, "\(name) is not in the operator's PATH", hint: searchPath))
        }
        return .success(path)
    }

    private static func refusal(of name: String, at path: String) -> PluginError {
        guard access(path, F_OK) == 0 else {
            return PluginError(
                .notExecutable, "\(name) is not there", hint: "build it, or mend `command` in plugin.yaml")
        }
        return PluginError(.notExecutable, "\(name) is no executable file", hint: "chmod +x")
    }

    /// The first executable file with that name; folders that are not absolute do not count.
    static func lookUp(_ name: String, in searchPath: String) -> String? {
        searchPath.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
            .first(where: isExecutable)
    }

    static func isExecutable(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
