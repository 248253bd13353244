import Glibc
import SluiceModel

/// Files for tests, by plain system calls.
enum Disk {
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws {
        try write(bytes, to: Array(path.utf8), mode: mode)
    }

    static func write(_ bytes: [UInt8], to path: [UInt8], mode: mode_t = 0o644) throws {
        let file = open(path.map { CChar(bitPattern: $0) } + [0], O_WRONLY | O_CREAT | O_TRUNC, mode)
        guard file >= 0 else { throw StoreError(.failed, "no file: \(errno)") }
        defer { close(file) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fchmod(file, mode) == 0 else {
            throw StoreError(.failed, "not written")
        }
    }

    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o755) == 0 else { throw StoreError(.failed, "no folder \(path): \(errno)") }
    }

    static func exists(_ path: String) -> Bool { mode(path) != nil }
}
