import Glibc

/// Names of git are bytes, which need not be UTF-8.
enum CBytes {
    /// The bytes of a C string without its NUL.
    static func of(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// The name as text, nil where it is not UTF-8.
    static func text(_ bytes: some Collection<UInt8>) -> String? { String(validating: bytes, as: UTF8.self) }
}
