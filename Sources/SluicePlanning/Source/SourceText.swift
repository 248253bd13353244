import SluiceModel

/// A text file as it was found: its path for diagnostics and its bytes, which need not be UTF-8.
package struct SourceText: Sendable, Equatable {
    package let path: String
    package let bytes: [UInt8]
    /// nil where the bytes are no UTF-8.
    package let text: String?
    /// The byte at which every line begins.
    private let lineStarts: [Int]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        text = String(validating: bytes, as: UTF8.self)
        lineStarts = Self.lineStarts(of: bytes)
    }

    package init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }

    package var lineCount: Int { lineStarts.count }

    /// A line without its break, counted from 1; bytes that are no UTF-8 are replaced.
    package func line(_ number: Int) -> String {
        guard lineStarts.indices.contains(number - 1) else { return "" }
        let end = number < lineStarts.count ? lineStarts[number] : bytes.count
        var line = bytes[lineStarts[number - 1]..<end]
        if let length = Self.breakLength(endingIn: line) { line.removeLast(length) }
        return String(decoding: line, as: UTF8.self)
    }

    /// The place of a byte.
    package func location(ofByte offset: Int) -> SourceLocation {
        let line = max(1, lineStarts.partitioningIndex { $0 > offset })
        let before = bytes[lineStarts[line - 1]..<min(max(offset, lineStarts[line - 1]), bytes.count)]
        return SourceLocation(file: path, line: line, column: String(decoding: before, as: UTF8.self).count + 1)
    }

    /// The place of a mark whose column counts Unicode scalars from 1.
    func location(line: Int, scalar: Int) -> SourceLocation {
        let number = min(max(1, line), lineCount)
        let before = String(String.UnicodeScalarView(self.line(number).unicodeScalars.prefix(max(0, scalar - 1))))
        return SourceLocation(file: path, line: number, column: before.count + 1)
    }

    private static let longestExcerpt = 10_000

    /// A diagnostic with the line that it is about. Of lines that nobody could read on a screen nothing is shown.
    package func diagnostic(_ finding: Finding, at location: SourceLocation) -> Diagnostic {
        let line = line(location.line)
        let excerpt = line.utf8.count <= Self.longestExcerpt ? line : ""
        return Diagnostic(
            severity: finding.severity, id: finding.id, message: finding.message, location: location,
            excerpt: excerpt, hint: finding.hint)
    }

    /// Gives a diagnostic that was found without the text its line of this file.
    package func withExcerpt(_ diagnostic: Diagnostic) -> Diagnostic {
        guard diagnostic.location.file == path, diagnostic.excerpt.isEmpty else { return diagnostic }
        let line = line(diagnostic.location.line)
        var complete = diagnostic
        complete.excerpt = line.utf8.count <= Self.longestExcerpt ? line : ""
        return complete
    }

    /// YAML's line breaks: LF, CR LF, CR, and NEL, LS and PS, which its marks count too.
    private static func lineStarts(of bytes: [UInt8]) -> [Int] {
        var starts = [0]
        for (index, byte) in bytes.enumerated() where isBreak(byte, at: index, of: bytes) { starts.append(index + 1) }
        return starts
    }

    /// Whether a line break ends with this byte.
    private static func isBreak(_ byte: UInt8, at index: Int, of bytes: [UInt8]) -> Bool {
        switch byte {
        case 0x0A: true
        case 0x0D: index + 1 >= bytes.count || bytes[index + 1] != 0x0A
        case 0x85: index >= 1 && bytes[index - 1] == 0xC2
        case 0xA8, 0xA9: index >= 2 && bytes[index - 1] == 0x80 && bytes[index - 2] == 0xE2
        default: false
        }
    }

    private static func breakLength(endingIn line: ArraySlice<UInt8>) -> Int? {
        for mark: [UInt8] in [[0x0D, 0x0A], [0x0A], [0x0D], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9]]
        where line.count >= mark.count && line.suffix(mark.count).elementsEqual(mark) { return mark.count }
        return nil
    }
}

extension Array {
    /// The first index whose element holds, where all that hold stand behind all that do not (binary search).
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
