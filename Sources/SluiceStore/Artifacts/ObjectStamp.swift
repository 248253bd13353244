import Glibc
import SluiceModel

/// How a stored object shows that nothing has touched it: its time of change is set to a value that follows from
/// its digest, size and inode. A write sets the time anew, a copy of the store has other inodes; in both cases the
/// object is hashed before it is handed out. So the stamp needs no second file per object and no table.
struct ObjectStamp {
    /// Seconds since 1970, between 1987 and 2021.
    let time: Int

    /// FNV-1a (Fowler, Noll, Vo, 1991) over digest, size and inode.
    init(_ status: stat, _ digest: Digest) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(digest.hex) \(status.st_size) \(status.st_ino)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        time = 0x2000_0000 + Int((hash ^ (hash >> 32)) & 0x3fff_ffff)
    }

    func isOn(_ status: stat) -> Bool { status.st_mtim.tv_sec == time && status.st_mtim.tv_nsec == 0 }

    func put(on file: Descriptor) throws(FileError) {
        let moment = timespec(tv_sec: time, tv_nsec: 0)
        guard futimens(file.number, [moment, moment]) == 0 else { throw FileError("stamp", "an artifact") }
    }
}
