import Glibc

/// Where the binary and what was installed with it lie.
struct Installation: Sendable {
    /// Absolute path of the running binary.
    let executable: String
    /// `share/sluice` beside the binary's folder, or the checkout that the binary was built in.
    let share: String?

    var bundledPlugins: String? { share.map { $0 + "/plugins" } }
    var pythonSDK: String? { share.map { $0 + "/sdk/python/sluice.py" } }

    static func current() -> Installation {
        let executable = realPath("/proc/self/exe") ?? CommandLine.arguments[0]
        return Installation(executable: executable, share: share(of: executable))
    }

    /// The nearest folder that holds plugins and the SDK: installed layouts first, then the folders above the
    /// binary, which finds the checkout from its build folder.
    private static func share(of executable: String) -> String? {
        var folder = parent(of: executable)
        let installed = parent(of: folder) + "/share/sluice"
        if holdsSDK(installed) { return installed }
        for _ in 0..<6 {
            if holdsSDK(folder) { return folder }
            folder = parent(of: folder)
        }
        return nil
    }

    private static func holdsSDK(_ folder: String) -> Bool {
        access(folder + "/sdk/python/sluice.py", R_OK) == 0
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
