/// A data line: field 1 is a kind, field 2 a name, then up to two pairs of a name and a value.
struct MPSFields {
    typealias Word = LineScanner.Word

    /// The type of a row or bound; in free form only where the section has one.
    private(set) var kind: Word?
    /// Everything else, in order. In fixed form a blank field 2 is left out, as in free form.
    private(set) var words: [Word]

    private static let mostWords = 6

    init(free scanner: LineScanner, hasKind: Bool) throws(TextFailure) {
        var words = scanner.words(atMost: Self.mostWords + 1)
        // `$` opens a comment in field 3 or 5.
        if let comment = words.indices.dropFirst(2).first(where: { words[$0].text.hasPrefix("$") }) {
            words.removeSubrange(comment...)
        }
        if words.count > Self.mostWords {
            throw scanner.failure("expected at most \(Self.mostWords) fields", at: words[Self.mostWords])
        }
        kind = hasKind ? words.removeFirst() : nil
        self.words = words
        try checkNames(scanner)
    }

    /// Fields in the columns 2–3, 5–12, 15–22, 25–36, 40–47 and 50–61, blanks between them.
    init(fixed scanner: LineScanner) throws(TextFailure) {
        for gap in [1...1, 4...4, 13...14, 23...24, 37...39, 48...49] {
            if let word = scanner.field(gap) {
                throw scanner.failure("expected a blank between two fields of fixed form", at: word)
            }
        }
        kind = scanner.field(2...3)
        words = [5...12, 15...22, 25...36, 40...47, 50...61].compactMap { scanner.field($0) }
        try checkNames(scanner)
    }

    private func checkNames(_ scanner: LineScanner) throws(TextFailure) {
        for word in words where !word.text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            throw scanner.failure("expected a name of printable ASCII characters", at: word)
        }
    }
}
