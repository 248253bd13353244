import Glibc
import SluiceModel

/// The folder of stored objects, opened.
struct ObjectFolder {
    let folder: Descriptor
    private let temporary: Descriptor
    private let device: dev_t
    /// Asked with every piece of a file: whoever wants it may go away.
    let isGivenUp: () -> Bool

    enum Key: Hashable {
        case file(Digest)
        /// A folder's manifest.
        case manifest(Digest)

        var digest: Digest {
            switch self {
            case .file(let digest), .manifest(let digest): digest
            }
        }

        /// Relative to the folder.
        var place: String {
            let place = digest.hex.prefix(2) + "/" + digest.hex.dropFirst(2)
            return switch self {
            case .file: String(place)
            case .manifest: place + ".folder"
            }
        }

        var path: FileName { FileName(place) }
    }

    struct Stored {
        var digest: Digest
        var size: Int64
        var isExecutable: Bool
    }

    init(_ path: String, isGivenUp: @escaping () -> Bool = { false }) throws(ArtifactError) {
        self.isGivenUp = isGivenUp
        do throws(FileError) {
            folder = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
            if mkdirat(folder.number, "tmp", 0o700) != 0, errno != EEXIST { throw FileError("make", path + "/tmp") }
            temporary = try folder.open(FileName("tmp"), Descriptor.folderFlags)
            device = try folder.status().st_dev
        } catch {
            throw error.artifactError
        }
    }

    /// nil where it is not there.
    func size(of key: Key) -> Int64? {
        guard let status = try? folder.status(of: key.path), status.isFile else { return nil }
        return Int64(status.st_size)
    }

    /// As above, without opening the folder.
    static func size(of key: Key, in folder: String) -> Int64? {
        var status = stat()
        guard lstat(folder + "/" + key.place, &status) == 0, status.isFile else { return nil }
        return Int64(status.st_size)
    }

    /// Stores a regular file of an open folder. It is moved where it lies on the same disk and has one name;
    /// otherwise copied, because who has the other name could write into what is stored.
    func store(_ name: FileName, of parent: Descriptor, shown: String) throws(ArtifactError) -> Stored {
        do throws(FileError) {
            let source = try parent.open(name, Descriptor.readFlags)
            let status = try source.status()
            guard status.isFile else { throw FileError("store", shown, ELOOP) }
            let isOwn = status.st_nlink == 1 && status.st_dev == device && status.st_uid == geteuid()
            if isOwn, let stored = try move(source, status, name, of: parent) { return stored }
            return try copy(source, isExecutable: status.isExecutable)
        } catch {
            if error.number == ELOOP { throw ArtifactError(.notRegular, "\(shown) is not a regular file") }
            throw ArtifactError(.failed, "cannot store \(shown): \(String(cString: strerror(error.number)))")
        }
    }

    /// Stores bytes of our own.
    func store(manifest bytes: [UInt8], digest: Digest) throws(ArtifactError) {
        do throws(FileError) {
            let (file, place) = try temporaryFile()
            do throws(FileError) {
                try file.write(bytes)
                try keep(file, place, .manifest(digest), size: Int64(bytes.count), isExecutable: false)
            } catch {
                unlinkat(temporary.number, place.characters, 0)
                throw error
            }
        } catch {
            throw error.artifactError
        }
    }

    /// nil where it cannot be moved, as out of a read-only folder.
    private func move(
        _ source: Descriptor, _ status: stat, _ name: FileName, of parent: Descriptor
    ) throws(FileError) -> Stored? {
        let (digest, size) = try ContentHash.digest(of: source, unless: isGivenUp)
        let stored = Stored(digest: digest, size: size, isExecutable: status.isExecutable)
        if try isKept(stored) { return stored }
        let place = Self.temporaryName()
        guard renameat(parent.number, name.characters, temporary.number, place.characters) == 0,
            try temporary.status(of: place)?.st_ino == status.st_ino
        else {
            // What came along is not what was hashed.
            unlinkat(temporary.number, place.characters, 0)
            lseek(source.number, 0, SEEK_SET)
            return nil
        }
        try keep(source, place, .file(digest), size: size, isExecutable: status.isExecutable)
        return stored
    }

    private func copy(_ source: Descriptor, isExecutable: Bool) throws(FileError) -> Stored {
        let (file, place) = try temporaryFile()
        do throws(FileError) {
            let (digest, size) = try ContentHash.digest(of: source, unless: isGivenUp) { (piece) throws(FileError) in
                try file.write(piece)
            }
            let stored = Stored(digest: digest, size: size, isExecutable: isExecutable)
            if try isKept(stored) {
                unlinkat(temporary.number, place.characters, 0)
            } else {
                try keep(file, place, .file(digest), size: size, isExecutable: isExecutable)
            }
            return stored
        } catch {
            unlinkat(temporary.number, place.characters, 0)
            throw error
        }
    }

    /// Whether the object is there already, unchanged; it becomes executable when any of its sources was.
    private func isKept(_ stored: Stored) throws(FileError) -> Bool {
        let place = ObjectFolder.Key.file(stored.digest).path
        guard let status = try folder.status(of: place), ObjectStamp(status, stored.digest).isOn(status),
            Int64(status.st_size) == stored.size
        else { return false }
        if stored.isExecutable, !status.isExecutable { _ = fchmodat(folder.number, place.characters, 0o555, 0) }
        return true
    }

    /// Gives a written file its mode, its stamp and its name, which is one step for those who look.
    private func keep(
        _ file: Descriptor, _ place: FileName, _ key: Key, size: Int64, isExecutable: Bool
    ) throws(FileError) {
        guard fchmod(file.number, isExecutable ? 0o555 : 0o444) == 0 else { throw FileError("protect", "an artifact") }
        try ObjectStamp(try file.status(), key.digest).put(on: file)
        let target = key.path
        if renameat(temporary.number, place.characters, folder.number, target.characters) == 0 { return }
        guard errno == ENOENT else { throw FileError("store", "an artifact") }
        mkdirat(folder.number, String(key.digest.hex.prefix(2)), 0o700)
        guard renameat(temporary.number, place.characters, folder.number, target.characters) == 0 else {
            throw FileError("store", "an artifact")
        }
    }

    private func temporaryFile() throws(FileError) -> (Descriptor, FileName) {
        let place = Self.temporaryName()
        return (try temporary.open(place, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600), place)
    }

    private static func temporaryName() -> FileName {
        FileName(
            String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16))
    }
}
