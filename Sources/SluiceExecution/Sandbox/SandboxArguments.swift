import Glibc

/// What an attempt sees of this machine, as arguments of `bwrap`. Later mounts lie over earlier ones.
struct SandboxArguments {
    private var mounts: [String]
    /// Empty folders in memory, which get their mount points before they become read-only.
    private var empty: [String] = []

    var list: [String] { mounts + empty.flatMap { ["--remount-ro", $0] } }

    /// A user namespace of its own, so that the mounts need no privilege; processes, so that it sees and reaches its
    /// own ones only and dies as a whole; a session, so that signals for it miss the sandbox's own processes.
    static func namespaces(hasNetwork: Bool) -> [String] {
        ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--new-session", "--cap-drop", "ALL"]
            + (hasNetwork ? [] : ["--unshare-net"])
    }

    init(hasNetwork: Bool) { mounts = Self.namespaces(hasNetwork: hasNetwork) }

    // MARK: - The system

    /// Everything that there is, read-only; sockets of services in `/run` would be a way out.
    mutating func showEverything() {
        mounts += ["--ro-bind", "/", "/"]
        if Self.kind(of: "/run") == S_IFDIR { cover("/run") }
        showIfThere("/run/systemd/resolve")
        addDevices()
    }

    /// Programs and libraries, and of `/etc` what they need to find each other.
    mutating func showSystem(searchPath: String) {
        empty.append("/")
        showIfThere("/usr")
        for path in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] { showLinked(path) }
        for path in ["/opt", "/nix/store", "/sys/devices/system"] { showIfThere(path) }
        for name in Self.settings { showIfThere("/etc/" + name) }
        showIfThere("/run/systemd/resolve")
        for folder in searchPath.split(separator: ":").map(String.init) where folder.hasPrefix("/") && folder != "/" {
            showIfThere(folder)
        }
        addDevices()
    }

    private static let settings = [
        "alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "fonts", "gai.conf", "group",
        "host.conf", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "locale.alias", "localtime", "magic",
        "mime.types", "nsswitch.conf", "OpenCL", "os-release", "passwd", "pki", "profile", "protocols", "python3",
        "python3.11", "python3.12", "python3.13", "R", "resolv.conf", "services", "ssl/certs", "ssl/openssl.cnf",
        "timezone",
    ]

    private mutating func addDevices() {
        mounts += ["--proc", "/proc", "--dev", "/dev"]
        mounts += ["--size", String(1 << 30), "--tmpfs", "/dev/shm"]
    }

    /// GPUs and what their drivers talk through.
    mutating func showGraphicsDevices() {
        for name in folderNames("/dev") ?? []
        where name.hasPrefix("nvidia") || name == "dri" || name == "kfd" || name == "dxg" {
            mounts += ["--dev-bind", "/dev/" + name, "/dev/" + name]
        }
    }

    // MARK: - Single places

    /// A private place for everything that is not kept.
    mutating func bindTemporary(_ folder: String) {
        mounts += ["--bind", folder, "/tmp"]
        if Self.kind(of: "/var/tmp") == S_IFDIR { mounts += ["--bind", folder, "/var/tmp"] }
    }

    /// What is there, as nothing: a folder is empty, a file cannot be opened.
    mutating func hide(_ path: String) {
        guard !Self.isPrivate(path), let real = canonicalPath(path) else { return }
        switch Self.kind(of: real) {
        case S_IFDIR: cover(real)
        case S_IFREG: mounts += ["--ro-bind", "/dev/null", real]
        default: break
        }
    }

    private mutating func cover(_ folder: String) {
        mounts += ["--tmpfs", folder]
        empty.append(folder)
    }

    mutating func showIfThere(_ path: String) { mounts += ["--ro-bind-try", path, path] }
    mutating func show(_ path: String) { mounts += ["--ro-bind", path, path] }
    mutating func give(_ path: String) { mounts += ["--bind", path, path] }
    mutating func start(in folder: String) { mounts += ["--chdir", folder] }

    /// On a merged system `/bin` is a link to `usr/bin`.
    private mutating func showLinked(_ path: String) {
        guard Self.kind(of: path) == S_IFLNK else { return showIfThere(path) }
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &target, target.count - 1)
        guard count > 0 else { return }
        mounts += ["--symlink", String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self), path]
    }

    /// Below what is private anyway.
    private static func isPrivate(_ path: String) -> Bool {
        ["/tmp/", "/var/tmp/", "/run/"].contains { path.hasPrefix($0) }
    }

    private static func kind(of path: String) -> mode_t? {
        var information = stat()
        return lstat(path, &information) == 0 ? information.st_mode & S_IFMT : nil
    }
}
