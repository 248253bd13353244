import Glibc

/// A file that a person names for an answer: `--junit FILE` and the like.
struct WantedFile {
    let path: String

    /// Before the work whose result it is to hold: whether it can be written at all.
    func check() throws(CommandFailure) {
        let folder = path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        switch kind {
        case S_IFREG, nil: guard access(folder, W_OK | X_OK) == 0 else { throw Files.cannotWrite(path) }
        case S_IFDIR:
            throw CommandFailure(.storage, "cannot write \(path): it is a folder", hint: "name a file in it")
        default: guard access(path, W_OK) == 0 else { throw Files.cannotWrite(path) }
        }
    }

    /// A link stays, and leads to what is written; devices and pipes get it as it is.
    func write(_ text: String) throws(CommandFailure) {
        // Where these lead to a file, they are still streams: what is there already, and what follows, must stay.
        if let stream { return Console.write(text, to: stream) }
        switch kind {
        case S_IFREG: try Files.replace(Files.resolving(path) ?? path, with: text, mode: 0o644)
        case nil: try Files.replace(path, with: text, mode: 0o644)
        default: try Files.append(text, to: path)
        }
    }

    func write(_ lines: [String]) throws(CommandFailure) { try write(lines.joined(separator: "\n") + "\n") }

    private var stream: Int32? { ["/dev/stdout": STDOUT_FILENO, "/dev/stderr": STDERR_FILENO][path] }

    /// Of what the path leads to; nil where nothing is there.
    private var kind: mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
