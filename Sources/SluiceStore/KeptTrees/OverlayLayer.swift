import Glibc
import SluiceModel

/// What lies above a kept tree in one attempt's workspace: first the difference, then what the attempt writes.
struct OverlayLayer {
    private let folder: String
    private var upper: String { folder + "/upper" }
    private var work: String { folder + "/work" }

    init(folder: String) throws(FileError) {
        self.folder = folder
        for path in [folder, upper, work] where mkdir(path, 0o700) != 0 { throw FileError("make", path) }
    }

    func write(
        _ difference: SnapshotDifference, of tree: any TreeReader, unless cancellation: Cancellation
    ) throws {
        guard try tree.snapshot(difference.written, into: upper, unless: cancellation) else {
            throw FileError("write", upper, ECANCELED)
        }
        for path in difference.hidden { try hide(path) }
    }

    /// A device 0:0 stands for nothing (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories").
    private func hide(_ path: String) throws(FileError) {
        for parent in SnapshotDifference.folders(above: path) {
            guard mkdir(upper + "/" + parent, 0o755) == 0 || errno == EEXIST else { throw FileError("make", parent) }
        }
        guard mknod(upper + "/" + path, S_IFCHR, 0) == 0 else { throw FileError("hide", path) }
    }

    /// Shows both at a folder, to the threads and processes that share the calling thread's mounts. By descriptors,
    /// because stages' names may hold what separates options.
    func mount(over lower: String, at target: String) throws(FileError) {
        let flags = Linux.pathOnly | O_DIRECTORY | O_NOFOLLOW
        let (below, above, aside) = (
            try Descriptor.open(lower, flags), try Descriptor.open(upper, flags), try Descriptor.open(work, flags)
        )
        let options =
            "lowerdir=/proc/self/fd/\(below.number),upperdir=/proc/self/fd/\(above.number)"
            // Without redirects nobody could rename a folder of the commit.
            + ",workdir=/proc/self/fd/\(aside.number),redirect_dir=on"
        let status = withExtendedLifetime((below, above, aside)) {
            Glibc.mount("overlay", target, "overlay", Linux.noPrivilegesNoDevices, options)
        }
        guard status == 0 else { throw FileError("mount an overlay at", target) }
    }
}
