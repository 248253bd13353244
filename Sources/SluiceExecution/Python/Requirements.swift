import SluiceModel

/// What a `requirements.txt` may say: names, extras, versions, markers and hashes. Everything that could run code of
/// the commit or read files of this machine (`-e`, `-r`, URLs, paths, options) is refused.
enum Requirements {
    private static let sizeLimit = 256 << 10
    private static let archiveSuffixes = [".whl", ".zip", ".tar", ".gz", ".bz2", ".xz", ".tgz", ".egg"]

    /// Throws `.environmentFailed` with the line's number and what is wrong with it.
    static func check(_ bytes: [UInt8]) throws(PluginError) {
        guard bytes.count <= sizeLimit else { throw refusal(1, "the file is over \(sizeLimit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw refusal(1, "the file is no UTF-8 text")
        }
        for (number, line) in logicalLines(text) {
            if let reason = refused(line) { throw refusal(number, reason) }
        }
    }

    /// Lines without comments, joined where one ends with a backslash; with the number of their first.
    private static func logicalLines(_ text: String) -> [(number: Int, line: String)] {
        var lines: [(number: Int, line: String)] = []
        var pending: (number: Int, line: String)?
        for (index, raw) in text.split(whereSeparator: \.isNewline, omittingEmpty: false).enumerated() {
            var line = withoutComment(raw)
            let continues = line.hasSuffix("\\")
            if continues { line.removeLast() }
            let whole = (number: pending?.number ?? index + 1, line: (pending?.line ?? "") + line)
            pending = continues ? whole : nil
            if !continues { lines.append(whole) }
        }
        if let pending { lines.append(pending) }
        return lines
    }

    private static func withoutComment(_ line: Substring) -> String {
        var previous: Character = " "
        var kept = ""
        for character in line {
            if character == "#", previous.isWhitespace { break }
            kept.append(character)
            previous = character
        }
        return kept
    }

    private static func refused(_ line: String) -> String? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let first = words.first else { return nil }
        if first.hasPrefix("-") { return "the option \(first) is not allowed" }
        if line.contains("://") || line.lowercased().contains("file:") { return "URLs are not allowed" }
        if line.contains("@") { return "a requirement that says where it lies ('@') is not allowed" }
        if line.contains("$") || line.contains("\\") || line.contains("`") { return "variables are not allowed" }
        let name = first.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        guard let start = name.first, start.isLetter || start.isNumber, !first.contains("/") else {
            return "'\(ShownText.escaped(String(first.prefix(60))))' is no package's name"
        }
        if archiveSuffixes.contains(where: { name.lowercased().hasSuffix($0) }) { return "files are not allowed" }
        let option = words.first { $0.hasPrefix("--") && !$0.hasPrefix("--hash=") }
        return option.map { "the option \($0) is not allowed" }
    }

    private static func refusal(_ line: Int, _ reason: String) -> PluginError {
        PluginError(
            .environmentFailed, "requirements, line \(line): \(reason)",
            hint: "allowed are names, extras, versions, markers and --hash=…")
    }
}

extension StringProtocol {
    fileprivate func split(
        whereSeparator isSeparator: (Character) -> Bool, omittingEmpty: Bool
    ) -> [SubSequence] {
        split(maxSplits: Int.max, omittingEmptySubsequences: omittingEmpty, whereSeparator: isSeparator)
    }
}
