import Glibc

/// The files by which the kernel speaks about a control group. What an ordinary folder does not do as one of the
/// kernel's does is replaced by a test: filling itself, going away with all its files, adding up what is written.
struct GroupFiles: Sendable {
    var make: @Sendable (String) -> Bool = { mkdir($0, 0o755) == 0 }
    var remove: @Sendable (String) -> Bool = { rmdir($0) == 0 }

    /// Switches a controller on for the children of a group, by its `cgroup.subtree_control`.
    var enable: @Sendable (_ controller: String, _ control: String) -> Bool = { write("+" + $0, to: $1) }

    static let kernel = GroupFiles()

    /// One `write`, as the kernel wants it; false with errno.
    static func write(_ text: String, to path: String) -> Bool {
        let file = Descriptor(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC))
        guard file.isOpen else { return false }
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) } == bytes.count
    }

    static func text(_ path: String) -> String? {
        smallFile(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The whole content as a number.
    static func number(_ path: String) -> Int64? {
        text(path).flatMap { Int64($0.split(whereSeparator: \.isWhitespace).first ?? "") }
    }

    /// The number behind a word at the begin of a line.
    static func number(_ word: String, in path: String) -> Int64? {
        text(path)?.split(separator: "\n").lazy.compactMap { line -> Int64? in
            let parts = line.split(separator: " ")
            return parts.count == 2 && parts[0] == word ? Int64(parts[1]) : nil
        }.first
    }

    static func words(_ path: String) -> [String] {
        text(path)?.split(whereSeparator: \.isWhitespace).map(String.init) ?? []
    }
}
