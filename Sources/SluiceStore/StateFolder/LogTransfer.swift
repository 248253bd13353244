import Glibc
import SluiceModel

/// Takes a file that a supervisor wrote on some node into the state folder. Its readers find it whole at its new place or
/// where it was.
enum LogTransfer {
    /// Bytes; more is no log of ours.
    private static let limit: Int64 = 256 << 20

    /// Nothing there is no error: there was none, or it has been moved.
    static func move(_ source: String, to target: String) throws(FileError) {
        let file: Descriptor
        do { file = try Descriptor.open(source, Descriptor.readFlags) } catch {
            if error.number == ENOENT { return }
            throw error
        }
        let status = try file.status()
        guard status.isFile, status.st_uid == geteuid(), status.st_size <= limit else {
            throw FileError("take", source, EINVAL)
        }
        let draft = target + ".new"
        let copy = try Descriptor.open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
        try FileCopy.copy(file, to: copy)
        guard rename(draft, target) == 0 else { throw FileError("rename", draft) }
        unlink(source)
    }
}
