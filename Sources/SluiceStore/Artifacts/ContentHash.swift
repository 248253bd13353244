import struct Crypto.SHA256
import Glibc
import SluiceModel

/// SHA-256 of what flows by, in pieces of 1 MiB.
enum ContentHash {
    static let pieceSize = 1 << 20

    /// Hashes an open file from its current place to its end, and gives every piece to `each`. Errors: `ECANCELED`.
    static func digest(
        of file: Descriptor, unless isGivenUp: () -> Bool,
        each: (UnsafeRawBufferPointer) throws(FileError) -> Void = { _ in }
    ) throws(FileError) -> (digest: Digest, size: Int64) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 4096)
        defer { piece.deallocate() }
        var hash = SHA256()
        var size: Int64 = 0
        while true {
            guard !isGivenUp() else { throw FileError("read", "a file", ECANCELED) }
            let count = try file.read(into: piece)
            if count == 0 { return (Digest(bytes: hash.finalize()), size) }
            let filled = UnsafeRawBufferPointer(rebasing: piece[..<count])
            hash.update(bufferPointer: filled)
            try each(filled)
            size += Int64(count)
        }
    }
}
