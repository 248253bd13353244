import Glibc
import SluiceModel

/// What of an attempt goes to a node that shares no folder with us, and what comes back.
struct Parcel {
    /// The folder that is at the same path there.
    let root: String
    /// Below it: what is packed for the node. The last one says that all is there.
    let there: [String]
    /// The attempt's folder, and what in it the node may change.
    let attempt: String
    let back: [String]
    /// What is written as it comes: its log, its metrics, and what was said between runner and plugin.
    let logs: [String]
    /// The folder that outlives the attempt, for what a retry may resume from.
    let checkpoints: String?

    init(of request: AttemptRequest, root: String) {
        let files = AttemptFiles(of: request)
        let attempt = String(files.folder.prefix(upTo: files.folder.lastIndex(of: "/") ?? files.folder.endIndex))
        let own = (folderNames(attempt) ?? []).map { attempt + "/" + $0 }.filter { $0 != files.folder }
        let elsewhere = [request.program.pythonEnvironment, request.checkpoints].compactMap(\.self)
        let paths = own + elsewhere.filter { access($0, F_OK) == 0 } + [files.request, Self.mark(in: files.folder)]
        self.root = root
        self.attempt = attempt
        there = paths.filter { $0.hasPrefix(root + "/") }.map { String($0.dropFirst(root.utf8.count + 1)) }
        logs = ["", ".metrics", ".transcript"].map { request.folders.log + $0 }
        let made = [request.folders.workspace] + request.outputs.map(\.path) + logs
        let names = made.filter { $0.hasPrefix(attempt + "/") }.compactMap {
            $0.dropFirst(attempt.utf8.count + 1).split(separator: "/").first.map(String.init)
        }
        back = Set(names).sorted()
        checkpoints = request.checkpoints
    }

    static func mark(in folder: String) -> String { folder + "/carried" }

    /// Puts what came from a node, unpacked in a folder of its own, into its places. Nothing of it is looked into, and no
    /// link is taken for a folder or a file. False with errno.
    func place(_ unpacked: String) -> Bool {
        for name in back {
            guard Self.isPlain(unpacked + "/" + name) else { continue }
            removeTree(attempt + "/" + name)
            guard rename(unpacked + "/" + name, attempt + "/" + name) == 0 else { return false }
        }
        return true
    }

    /// A folder or a file, and no link to one.
    private static func isPlain(_ path: String) -> Bool {
        var information = stat()
        guard lstat(path, &information) == 0 else { return false }
        return [S_IFDIR, S_IFREG].contains(information.st_mode & S_IFMT)
    }
}
