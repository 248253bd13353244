import Glibc

/// The entries of an open folder, one after the other, in no order; `.` and `..` left out.
final class FolderReader {
    private let stream: OpaquePointer
    private static let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 19

    init(_ folder: Descriptor) throws(FileError) {
        // Opened anew: a duplicate would share the reading place with others.
        let number = openat(folder.number, ".", Descriptor.folderFlags | O_CLOEXEC)
        guard number >= 0 else { throw FileError("list", "a folder") }
        guard let stream = fdopendir(number) else {
            let failure = FileError("list", "a folder")
            close(number)
            throw failure
        }
        self.stream = stream
    }

    deinit { closedir(stream) }

    func next() throws(FileError) -> FileName? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileError("list", "a folder") }
                return nil
            }
            let start = (UnsafeRawPointer(entry) + Self.nameOffset).assumingMemoryBound(to: CChar.self)
            let name = FileName(terminated: Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1)))
            if !name.isDot { return name }
        }
    }
}
