import Glibc
import SluiceModel

/// Removes a file or a folder with all that is in it, however it was left: read-only folders, names that are no
/// UTF-8, any depth. Works by descriptors and follows no link.
///
/// Folders found inside are first moved up into the root, so depth costs neither stack nor descriptors, and a
/// removal that was cut off goes on where it was.
package enum TreeRemoval {
    /// Nothing there is no error.
    package static func remove(_ path: String) throws(StoreError) {
        do throws(FileError) {
            if unlink(path) == 0 || errno == ENOENT { return }
            guard errno == EISDIR || errno == EPERM else { throw FileError("remove", path) }
            let root = try openForEmptying { openat(AT_FDCWD, path, $0) }
            try empty(root)
            guard rmdir(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
        } catch {
            throw error.storeError
        }
    }

    /// Empties the root: its folders, and theirs, which come up into it one after the other.
    private static func empty(_ root: Descriptor) throws(FileError) {
        var counter = 0
        while true {
            let reader = try FolderReader(root)
            var found = false
            while let name = try reader.next() {
                found = true
                if try unlinked(name, in: root) { continue }
                let folder = try openForEmptying { openat(root.number, name.characters, $0) }
                try lift(from: folder, to: root, &counter)
                guard unlinkat(root.number, name.characters, AT_REMOVEDIR) == 0 || errno == ENOENT else {
                    throw FileError("remove", ShownPath.text(of: name.bytes))
                }
            }
            if !found { return }
        }
    }

    /// Removes the files of a folder and moves its folders into the root under fresh names.
    private static func lift(from folder: Descriptor, to root: Descriptor, _ counter: inout Int) throws(FileError) {
        let reader = try FolderReader(folder)
        while let name = try reader.next() {
            if try unlinked(name, in: folder) { continue }
            // Moving a folder changes its `..`, for which it must be writable.
            _ = try openForEmptying { openat(folder.number, name.characters, $0) }
            repeat { counter += 1 } while try root.status(of: lifted(counter)) != nil
            guard renameat(folder.number, name.characters, root.number, lifted(counter).characters) == 0 else {
                throw FileError("remove", ShownPath.text(of: name.bytes))
            }
        }
    }

    private static func lifted(_ number: Int) -> FileName { FileName(".sluice-removed-\(number)") }

    /// False where it is a folder.
    private static func unlinked(_ name: FileName, in folder: Descriptor) throws(FileError) -> Bool {
        if unlinkat(folder.number, name.characters, 0) == 0 || errno == ENOENT { return true }
        let failure = FileError("remove", ShownPath.text(of: name.bytes))
        guard failure.number == EISDIR || failure.number == EPERM, try folder.status(of: name)?.isFolder == true
        else { throw failure }
        return false
    }

    /// A folder that its owner may list and change from now on.
    private static func openForEmptying(_ open: (Int32) -> Int32) throws(FileError) -> Descriptor {
        let number = open(Linux.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw FileError("open", "a folder that is to be removed") }
        let place = Descriptor(number)
        let status = try place.status()
        // Through /proc, because a mode cannot be changed by an O_PATH descriptor, nor safely by name.
        if status.st_mode & 0o700 != 0o700 { _ = chmod("/proc/self/fd/\(number)", 0o700) }
        return try Descriptor.open("/proc/self/fd/\(number)", O_RDONLY | O_DIRECTORY)
    }
}
