import Glibc

/// A new folder of this user alone; the six `X` at the pattern's end become its name. nil with errno.
package func makeTemporaryFolder(_ pattern: String) -> String? {
    var template = Array(pattern.utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
