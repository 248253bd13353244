/// The lines of a text as words, whatever the line ends are. Takes time and memory in proportion to the text.
struct LineScanner {
    /// Words of one line; a line with more is refused before it takes memory.
    static let mostWords = 1_000_010
    private static let longestShown = 30

    struct Word {
        var text: String
        /// From 1.
        var column: Int
    }

    private let bytes: [UInt8]
    private var next = 0
    /// Of the current line, from 1; 0 before the first.
    private(set) var number = 0
    /// The current line without its end.
    private(set) var line = 0..<0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Goes to the next line; false at the end of the text, where the last line stays the current one.
    mutating func advance() -> Bool {
        guard next < bytes.count else { return false }
        var end = next
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        line = next..<end
        number += 1
        next = end + 1
        if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { next += 1 }
        return true
    }

    /// The byte in a column from 1; nil behind the line's end.
    func byte(_ column: Int) -> UInt8? { column <= line.count ? bytes[line.lowerBound + column - 1] : nil }

    func isBlank() -> Bool { bytes[line].allSatisfy(Self.isSpace) }

    /// The words of the current line, at most `limit`.
    func words(atMost limit: Int = Self.mostWords) -> [Word] {
        var words: [Word] = []
        var at = line.lowerBound
        while words.count < limit {
            while at < line.upperBound, Self.isSpace(bytes[at]) { at += 1 }
            guard at < line.upperBound else { break }
            let start = at
            while at < line.upperBound, !Self.isSpace(bytes[at]) { at += 1 }
            words.append(Word(text: text(start..<at), column: start - line.lowerBound + 1))
        }
        return words
    }

    /// What stands in the columns, without blanks around it; nil where there is nothing.
    func field(_ columns: ClosedRange<Int>) -> Word? {
        var start = line.lowerBound + columns.lowerBound - 1
        var end = min(line.upperBound, line.lowerBound + columns.upperBound)
        while start < end, Self.isSpace(bytes[start]) { start += 1 }
        while start < end, Self.isSpace(bytes[end - 1]) { end -= 1 }
        return start < end ? Word(text: text(start..<end), column: start - line.lowerBound + 1) : nil
    }

    func failure(_ message: String, at column: Int = 1) -> TextFailure {
        TextFailure(line: max(1, number), column: column, message: message)
    }

    func failure(_ message: String, at word: Word) -> TextFailure { failure(message, at: word.column) }

    /// A word as a message shows it: short, and without what a terminal would obey.
    static func shown(_ text: String) -> String {
        let printable = text.unicodeScalars.prefix(longestShown).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
        }
        return String(printable) + (text.unicodeScalars.count > longestShown ? "…" : "")
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
