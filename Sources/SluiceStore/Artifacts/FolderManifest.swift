import struct Crypto.SHA256
import SluiceModel

/// What a folder artifact consists of. Its bytes are stored, and their SHA-256 is the folder's digest:
///
///     sluice-folder/1\n
///     <mode> <size> <digest> <length> <path>\n      for every file, in the order of the paths' bytes
///
/// `mode` is `x` for a file that its owner may execute, else `-`; `size` is the file's bytes in decimal; `digest`
/// the 64 hexadecimal digits of its SHA-256; `path` is relative, with `/`, its bytes as they are, and `length` their
/// number in decimal, so that a path may hold anything. Folders count by their files alone: an empty one inside is
/// not seen.
struct FolderManifest {
    static let header = Array("sluice-folder/1\n".utf8)
    /// Bytes: a million files with paths of a hundred bytes take less than half of it.
    private static let largest = 512 << 20

    let bytes: [UInt8]

    struct File {
        var path: ArraySlice<UInt8>
        var size: Int64
        var digest: Digest
        var isExecutable: Bool
    }

    /// Calls `body` for every file. Errors: `.corrupt` for bytes that are no manifest or would lead elsewhere.
    func forEach(_ body: (File) throws(ArtifactError) -> Void) throws(ArtifactError) {
        guard bytes.starts(with: Self.header) else { throw Self.damaged }
        var rest = bytes[Self.header.count...]
        while !rest.isEmpty {
            guard let file = Self.file(&rest), Self.isSafe(file.path) else { throw Self.damaged }
            try body(file)
        }
    }

    /// Errors: `.missing`, `.corrupt`.
    static func read(_ digest: Digest, from objects: ObjectFolder) throws(ArtifactError) -> FolderManifest {
        let (file, _) = try objects.open(.manifest(digest))
        do {
            guard let bytes = try file.readAll(limit: largest) else { throw damaged }
            return FolderManifest(bytes: bytes)
        } catch let error as FileError {
            throw error.artifactError
        } catch {
            throw damaged
        }
    }

    private static var damaged: ArtifactError { ArtifactError(.corrupt, "a stored folder's list of files is damaged") }

    private static func file(_ rest: inout ArraySlice<UInt8>) -> File? {
        guard let mode = word(&rest), let size = word(&rest).flatMap(Int64.init), let hex = word(&rest),
            let digest = Digest(hex: hex), let length = word(&rest).flatMap(Int.init),
            mode == "x" || mode == "-", size >= 0, length > 0, rest.count > length
        else { return nil }
        let path = rest.prefix(length)
        rest = rest.dropFirst(length)
        guard rest.popFirst() == UInt8(ascii: "\n") else { return nil }
        return File(path: path, size: size, digest: digest, isExecutable: mode == "x")
    }

    private static func word(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let end = rest.prefix(80).firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let word = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        return word
    }

    private static func isSafe(_ path: ArraySlice<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        return path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.contains(0) && $0 != [dot] && $0 != [dot, dot]
        }
    }
}

/// Collects files in any order. One block of memory holds all lines, so a million files take some 150 MB.
struct FolderManifestBuilder {
    private var lines: [UInt8] = []
    private var places: [(line: Int, path: Int, end: Int)] = []
    /// Bytes of all files.
    private(set) var size: Int64 = 0

    mutating func add(path: [UInt8], _ file: ObjectFolder.Stored) {
        let start = lines.count
        let head = "\(file.isExecutable ? "x" : "-") \(file.size) \(file.digest.hex) \(path.count) "
        lines.append(contentsOf: head.utf8)
        places.append((line: start, path: lines.count, end: lines.count + path.count))
        lines.append(contentsOf: path)
        lines.append(UInt8(ascii: "\n"))
        size += file.size
    }

    /// The manifest and its digest.
    func build() -> (FolderManifest, Digest) {
        let ordered = places.sorted { lines[$0.path..<$0.end].lexicographicallyPrecedes(lines[$1.path..<$1.end]) }
        var bytes = FolderManifest.header
        bytes.reserveCapacity(bytes.count + lines.count)
        for place in ordered { bytes.append(contentsOf: lines[place.line...place.end]) }
        return (FolderManifest(bytes: bytes), Digest(bytes: SHA256.hash(data: bytes)))
    }
}
