import Glibc
import SluiceModel

/// What nodes of a cluster see of this state: the one folder of its own below a `shared_root`, `sluice-<id>`.
///
///     runs/<id>/<stage>/<number>/        attempts while they run; outputs of those that failed
///     environments/                      copies of Python environments
///     deployments/                       folders that outlive runs
///
/// Others may have folders beside it, so it counts only while it is a folder of this user that nobody else may enter, in
/// a root where nobody else may put another one into its place.
package struct SharedFolder: Sendable, Hashable {
    /// As the nodes see it.
    package let root: String
    package let path: String

    package var runs: String { path + "/runs" }
    var deployments: String { path + "/deployments" }

    package init(root: String, state: StateFolder) throws(StoreError) {
        self.root = root
        path = (root == "/" ? "" : root) + "/sluice-" + (try state.identity())
    }

    /// For an executor with this `shared_root`; nil: in the state folder itself, from where files are carried to its nodes.
    package static func of(_ root: String?, state: StateFolder) throws(StoreError) -> SharedFolder {
        if let root { return try SharedFolder(root: root, state: state) }
        let own = state.path + "/carried"
        guard mkdir(own, 0o700) == 0 || errno == EEXIST else { throw FileError("make", own).storeError }
        return try SharedFolder(root: own, state: state)
    }

    /// Of a recorded attempt: `…/runs/<id>/<stage>/<number>`.
    init?(ofAttempt path: String) {
        let steps = path.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count > 5, steps[steps.count - 4] == "runs" else { return nil }
        self.path = steps.dropLast(4).joined(separator: "/")
        root = steps.dropLast(5).joined(separator: "/")
    }

    /// Throws where nothing can be shared there, or where what is there cannot be trusted.
    package func check() throws(StoreError) {
        var status = stat()
        guard stat(root, &status) == 0, status.isFolder else {
            throw unusable("is no folder that is there", hint: "mount it, or correct `shared_root`")
        }
        let isGuarded = status.st_mode & 0o022 == 0 || status.st_mode & mode_t(S_ISVTX) != 0
        guard isGuarded, [0, geteuid()].contains(status.st_uid) else {
            throw unusable(
                "may be changed by others, who could put a folder of theirs into the place of ours",
                hint: "name a folder of your own in it, or chmod +t \(root)")
        }
        guard lstat(path, &status) == 0 else {
            guard access(root, W_OK | X_OK) == 0 else {
                throw unusable("cannot be written: \(String(cString: strerror(errno)))", hint: nil)
            }
            return
        }
        guard status.isFolder, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw StoreError(
                .unavailable, "\(path) is no folder that is this user's alone",
                hint: "remove it, if nothing runs in it; it is made again with mode 0700")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw unusable("cannot be written: \(String(cString: strerror(errno)))", hint: nil)
        }
    }

    /// Makes what is missing of it.
    func prepare() throws(StoreError) {
        try check()
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("make", path).storeError }
        // Whoever was faster was checked by nobody yet.
        try check()
    }

    private func unusable(_ what: String, hint: String?) -> StoreError {
        StoreError(.unavailable, "`shared_root` \(root) \(what)", hint: hint)
    }
}

extension StateFolder {
    /// Hexadecimal digits that no other state folder has, so that several can share a root.
    package func identity() throws(StoreError) -> String {
        let file = path + "/id"
        do {
            if let known = try Self.identity(in: file) { return known }
            let own = String(UInt64.random(in: .min ... .max) | 1 << 63, radix: 16)
            let draft = file + "." + own
            try Descriptor.open(draft, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600).write(Array((own + "\n").utf8))
            // Of several at a time the first one counts for all.
            _ = link(draft, file)
            unlink(draft)
            if let known = try Self.identity(in: file) { return known }
        } catch {
            throw error.storeError
        }
        throw StoreError(.corrupt, "\(file) is not the name of a state folder", hint: "remove it while nothing runs")
    }

    /// nil where there is none, or none that could be one.
    private static func identity(in file: String) throws(FileError) -> String? {
        guard access(file, F_OK) == 0 else { return nil }
        let bytes = try Descriptor.open(file, Descriptor.readFlags).readAll(limit: 64) ?? []
        let text = String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" }
        return text.count == 16 && text.allSatisfy(\.isHexDigit) ? text : nil
    }
}
