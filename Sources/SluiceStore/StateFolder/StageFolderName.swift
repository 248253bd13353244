import struct Crypto.SHA256

/// A stage instance's name as the name of a folder: `train[model=logreg]` stays readable, no two names meet, and
/// nothing in it can leave the folder or upset a shell.
package enum StageFolderName {
    private static let longest = 100

    /// Letters, digits and `_-=,+[]` stay, and dots that do not come first; any other byte becomes `%NN`. A name
    /// that gets too long ends in the start of its SHA-256.
    package static func name(of stage: String) -> String {
        var name = ""
        for (index, byte) in stage.utf8.enumerated() {
            let isKept = isPlain(byte) || (byte == UInt8(ascii: ".") && index > 0)
            name += isKept ? String(UnicodeScalar(byte)) : "%" + hex(byte)
        }
        if name.isEmpty { return "%" }
        guard name.utf8.count > longest else { return name }
        let digest = SHA256.hash(data: Array(stage.utf8)).prefix(12).map(hex).joined()
        return name.prefix(longest - 26) + "%%" + digest
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-=,+[]".utf8.contains(byte)
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }
}
