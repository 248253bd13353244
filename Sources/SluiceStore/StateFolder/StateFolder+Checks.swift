import Glibc
import SluiceModel

extension StateFolder {
    /// The state holds what runs with its owner's rights: nobody else may own it or write into it.
    func checkOwner(called name: String = "state folder") throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError("look at", path).storeError }
        guard status.st_uid == geteuid() else {
            throw StoreError(
                .unavailable, "the \(name) \(path) belongs to user \(status.st_uid), not to you",
                hint: "run as that user, or set SLUICE_HOME to a folder of your own")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw StoreError(
                .unavailable, "others may write into the \(name) \(path)", hint: "chmod go-w \(path)")
        }
    }

    /// Whether it is there and somebody else's: then only its spool may be written.
    package var belongsToAnother: Bool {
        var status = stat()
        if stat(path, &status) == 0 { return status.st_uid != geteuid() }
        return errno == EACCES
    }

    /// SQLite's WAL mode needs memory that all its processes share, which no network file system gives.
    func checkFileSystem() throws(StoreError) {
        let mounts: [UInt8]
        var status = stat()
        do {
            status = try Descriptor.open(path, Descriptor.folderFlags).status()
            mounts = try Descriptor.open("/proc/self/mountinfo", O_RDONLY).readAll(limit: 16 << 20) ?? []
        } catch {
            throw error.storeError
        }
        let mountTable = String(decoding: mounts, as: UTF8.self)
        guard let name = Self.networkFileSystem(of: status.st_dev, in: mountTable) else { return }
        throw StoreError(
            .unavailable, "the state folder \(path) lies on a network file system (\(name))",
            hint: "set SLUICE_HOME to a folder on a local disk")
    }

    /// The type of the network file system with this device number, by the lines of /proc/self/mountinfo
    /// (proc(5)); nil for a local one.
    static func networkFileSystem(of device: dev_t, in mountTable: String) -> String? {
        // The kernel's major and minor numbers, as glibc's makedev packs them.
        let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
        let minor = device & 0xff | (device >> 12) & ~0xff
        let wanted = "\(major):\(minor)"
        for line in mountTable.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == wanted, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
            else { continue }
            let type = String(fields[dash + 1])
            return networkTypes.contains(type) ? type : nil
        }
        return nil
    }

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "lustre", "gpfs", "beegfs", "ncpfs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "orangefs", "pvfs2",
    ]
}
