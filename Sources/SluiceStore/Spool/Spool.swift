import Glibc
import SluiceModel

/// Events that hooks leave for the worker: a file each, on disk before the hook says that a run is queued.
///
/// A hook writes below `tmp` and renames into `new`, so what is in `new` is whole. Hooks may run as other users,
/// to whom the folders are write-only (`StateFolder.shareSpool`).
package struct Spool: Sendable {
    let path: String
    /// Bytes of one event: a mirror push of 10,000 references fits.
    static let largest = 16 << 20

    package init(folder: StateFolder) { path = folder.spool }

    /// Writes one event; it outlives a power cut when the call returns.
    package func write(_ event: IntakeEvent) throws(StoreError) {
        precondition(IntakeEvent.isValid(id: event.id), "an event's id is 32 lower-case hexadecimal digits")
        let text: String
        do { text = try JSONText.encode(event) } catch { throw StoreError(database: error) }
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.largest else {
            throw StoreError(.failed, "the push has too many references for one event (\(bytes.count) bytes)")
        }
        do { try put(bytes, as: Self.name(of: event)) } catch {
            throw StoreError(
                .unavailable, "the push cannot be noted, so nothing of it runs: \(error.message)",
                hint: "mend that, then push once more or call sluice run")
        }
    }

    private func put(_ bytes: [UInt8], as name: String) throws(FileError) {
        let (temporary, final) = (path + "/tmp/" + name, path + "/new/" + name)
        let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
        do throws(FileError) {
            // The service user must be able to read what another user's hook wrote.
            guard fchmod(file.number, 0o644) == 0 else { throw FileError("open up", temporary) }
            try file.write(bytes)
            try file.synchronize()
            guard rename(temporary, final) == 0 else { throw FileError("write", final) }
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronizeFolder(after: file)
    }

    /// Another user's hook may not open the folder. Its file is synced once more instead, which on ext4, XFS and
    /// btrfs takes the rename with it.
    private func synchronizeFolder(after file: Descriptor) throws(FileError) {
        do throws(FileError) {
            try Descriptor.open(path + "/new", Descriptor.folderFlags).synchronize()
        } catch  where error.number == EACCES {
            try file.synchronize()
        }
    }

    /// Sorts by time, then by id.
    private static func name(of event: IntakeEvent) -> String {
        let digits = String(max(0, event.time.milliseconds))
        return String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits + "-" + event.id + ".json"
    }
}
