import Glibc

/// The content of one open file into another.
enum FileCopy {
    /// A clone where the file system can (btrfs, XFS): no byte is moved until one side changes. Else in pieces.
    static func copy(
        _ source: Descriptor, to target: Descriptor, unless isGivenUp: () -> Bool = { false }
    ) throws(FileError) {
        if ioctl(target.number, Linux.clone, source.number) == 0 { return }
        let size = min(max(Int(try source.status().st_size), 1 << 12), ContentHash.pieceSize)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
        defer { piece.deallocate() }
        while true {
            guard !isGivenUp() else { throw FileError("copy", "a file", ECANCELED) }
            let count = try source.read(into: piece)
            if count == 0 { return }
            try target.write(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }
}
