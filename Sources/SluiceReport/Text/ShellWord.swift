/// Text as one word of a POSIX shell.
package enum ShellWord {
    /// As it is where every shell reads it so, else in quotes: `42/train`, `'42/train[model=forest]'`.
    package static func of(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy(plain)
        return isPlain ? text : quoted(text)
    }

    package static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            || "-_./,:@%+".unicodeScalars.contains(scalar)
    }
}
