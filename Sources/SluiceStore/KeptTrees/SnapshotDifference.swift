import SluiceModel

/// What has to lie above one set of files so that another one is seen.
struct SnapshotDifference {
    /// Files that are new or others.
    private(set) var written: [TreeEntry] = []
    /// Files and folders of which nothing is left; of nested ones the outermost.
    private(set) var hidden: Set<String> = []

    init() {}

    init(from old: [TreeEntry], to new: [TreeEntry]) {
        let known = Dictionary(old.map { ($0.path, $0) }) { $1 }
        written = new.filter { known[$0.path] != $0 }
        let paths = Set(new.map(\.path))
        let gone = old.map(\.path).filter { !paths.contains($0) }
        guard !gone.isEmpty else { return }
        let folders = Set(new.flatMap { Self.folders(above: $0.path) })
        hidden = Set(gone.compactMap { Self.outermost(of: $0, missingIn: folders) }).subtracting(paths)
    }

    var count: Int { written.count + hidden.count }

    /// nil where a folder has taken its place.
    private static func outermost(of path: String, missingIn folders: Set<String>) -> String? {
        (Self.folders(above: path) + [path]).first { !folders.contains($0) }
    }

    /// `a` and `a/b` for `a/b/c`.
    static func folders(above path: String) -> [String] {
        path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }.map { String(path[..<$0]) }
    }
}
