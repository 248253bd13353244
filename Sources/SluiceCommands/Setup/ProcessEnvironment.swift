import Glibc

/// The environment of this process. Only the variables of docs/cli-reference.md change what Sluice does.
enum ProcessEnvironment {
    static subscript(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    static var all: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return variables
    }

    static var searchPath: String { self["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }

    /// What a detached worker inherits: nothing of git's, nothing of a pusher's.
    static func forWorker(home: String, searchPath: String) -> [String: String] {
        var kept = ["PATH": searchPath, "SLUICE_HOME": home]
        let names = [
            "HOME", "LANG", "USER", "LOGNAME", "XDG_CONFIG_HOME", "SLUICE_CONFIG", "SLUICE_HIGHS", "SLUICE_PLUGINS",
            "TZ",
        ]
        for name in names { kept[name] = self[name] }
        return kept
    }
}
