import Glibc
import SluiceModel

/// One tree that is kept: `files/`, and `list`, which says what they are. Not removed while this value lives.
struct KeptTree {
    let path: String
    private let place: Descriptor

    var files: String { path + "/files" }
    private static let list = FileName("list")
    /// Bytes of a list; a million paths of usual length need a tenth.
    private static let longest = 1 << 30

    /// nil where it is about to be removed.
    init?(at path: String) {
        guard let place = try? Descriptor.open(path, Descriptor.folderFlags),
            flock(place.number, LOCK_SH | LOCK_NB) == 0
        else { return nil }
        self.path = path
        self.place = place
    }

    /// Writes one below an empty folder. What is left of a failure has no list.
    static func write(
        _ entries: [TreeEntry], of tree: any TreeReader, to path: String, unless cancellation: Cancellation
    ) throws {
        guard mkdir(path, 0o700) == 0, mkdir(path + "/files", 0o700) == 0 else { throw FileError("make", path) }
        guard try tree.snapshot(entries, into: path + "/files", unless: cancellation) else {
            throw FileError("write", path, ECANCELED)
        }
        let list = try Descriptor.open(path + "/list", O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try list.write(Array(entries.map(line).joined().utf8))
    }

    func entries() throws -> [TreeEntry] {
        let list = try place.open(Self.list, Descriptor.readFlags)
        guard let bytes = try list.readAll(limit: Self.longest) else { throw FileError("read", path + "/list", EFBIG) }
        return try bytes.split(separator: 0).map { line in
            guard let entry = Self.entry(line) else { throw FileError("read", path + "/list", EINVAL) }
            return entry
        }
    }

    /// When it was last used, in seconds since 1970 and nanoseconds.
    var lastUse: (Int, Int) {
        let time = (try? place.status())?.st_mtim
        return (time?.tv_sec ?? 0, time?.tv_nsec ?? 0)
    }

    func markUsed() { futimens(place.number, nil) }

    /// Whether nobody uses it, and nobody will: whoever comes now is refused.
    func takeForRemoval() -> Bool { flock(place.number, LOCK_EX | LOCK_NB) == 0 }

    private static func line(_ entry: TreeEntry) -> String {
        "\(entry.kind == .executable ? "x" : "f")\(entry.oid) \(entry.path)\0"
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> TreeEntry? {
        guard let kind = line.first, let space = line.firstIndex(of: UInt8(ascii: " ")),
            let oid = ObjectID(hex: String(decoding: line[..<space].dropFirst(), as: UTF8.self))
        else { return nil }
        let path = String(decoding: line[space...].dropFirst(), as: UTF8.self)
        return TreeEntry(path: path, oid: oid, kind: kind == UInt8(ascii: "x") ? .executable : .file)
    }
}
