import Glibc

/// One component of a path, as bytes: names need not be UTF-8 and may hold anything but `/` and NUL.
struct FileName: Hashable {
    /// With the closing zero, ready for system calls.
    let characters: [CChar]

    init(_ name: String) { characters = name.utf8.map { CChar(bitPattern: $0) } + [0] }
    init(bytes: some Sequence<UInt8>) { characters = bytes.map { CChar(bitPattern: $0) } + [0] }
    init(terminated characters: [CChar]) { self.characters = characters }

    var bytes: [UInt8] { characters.dropLast().map { UInt8(bitPattern: $0) } }

    /// `.` and `..`, which every folder lists.
    var isDot: Bool {
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        return characters == [dot, 0] || characters == [dot, dot, 0]
    }
}

/// Paths in messages: one line, printable, whatever bytes the name has.
enum ShownPath {
    /// UTF-8 as it is; control characters, backslashes and bytes that are no UTF-8 as `\xNN`.
    static func text(of bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        let isText = String(validating: bytes, as: UTF8.self) != nil
        var shown: [UInt8] = []
        for byte in bytes {
            if byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "\\") || (byte >= 0x80 && !isText) {
                let digits = String(byte, radix: 16)
                shown += Array("\\x".utf8) + (digits.utf8.count < 2 ? [UInt8(ascii: "0")] : []) + Array(digits.utf8)
            } else {
                shown.append(byte)
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }
}
