/// The data lines of an MPS file, section by section.
extension MPSModel {
    typealias Word = LineScanner.Word

    // MARK: Rows

    mutating func addRow(_ fields: MPSFields, _ scanner: LineScanner) throws(TextFailure) {
        guard let word = fields.kind, let kind = Kind(rawValue: word.text.uppercased()) else {
            let found = fields.kind ?? fields.words.first
            throw scanner.failure(
                "expected a row type N, L, G or E, found '\(LineScanner.shown(found?.text ?? ""))'",
                at: found?.column ?? 1)
        }
        guard let name = fields.words.first else { throw scanner.failure("expected the row's name", at: word) }
        if fields.words.count > 1 {
            throw scanner.failure("expected the end of the line behind the row's name", at: fields.words[1])
        }
        guard rowIndices.updateValue(rows.count, forKey: name.text) == nil else {
            throw scanner.failure("a second row '\(LineScanner.shown(name.text))'", at: name)
        }
        rows.append(Row(name: name.text, kind: kind))
    }

    // MARK: Columns

    mutating func addColumn(_ fields: MPSFields, _ scanner: LineScanner) throws(TextFailure) {
        let words = fields.words
        if words.count >= 2, words[1].text.uppercased() == "'MARKER'" { return try mark(words, scanner) }
        guard fields.kind == nil, words.count == 3 || words.count == 5 else {
            throw scanner.failure(
                "expected a column and one or two pairs of a row and a value",
                at: (words.last ?? fields.kind)?.column ?? 1)
        }
        let column = try column(words[0], scanner)
        for pair in stride(from: 1, to: words.count, by: 2) {
            let row = try row(words[pair], scanner)
            let value = try coefficient(words[pair + 1], scanner)
            guard rows[row].lastColumn < column else {
                throw scanner.failure(
                    "a second value of column '\(LineScanner.shown(words[0].text))' in row "
                        + "'\(LineScanner.shown(words[pair].text))'", at: words[pair])
            }
            rows[row].lastColumn = column
            if value != 0 { rows[row].entries.append(.init(column: column, value: value)) }
        }
    }

    private mutating func mark(_ words: [Word], _ scanner: LineScanner) throws(TextFailure) {
        switch words.last?.text.uppercased() {
        case "'INTORG'": isInteger = true
        case "'INTEND'": isInteger = false
        default: throw scanner.failure("expected 'INTORG' or 'INTEND' behind 'MARKER'", at: words[words.count - 1])
        }
    }

    /// The current column, or a new one.
    private mutating func column(_ name: Word, _ scanner: LineScanner) throws(TextFailure) -> Int {
        if let last = columns.last, last.value.name == name.text { return columns.count - 1 }
        guard columnIndices.updateValue(columns.count, forKey: name.text) == nil else {
            throw scanner.failure(
                "the column '\(LineScanner.shown(name.text))' again: its values must stand together", at: name)
        }
        columns.append(Column(value: .init(name: name.text, cost: 0, isInteger: isInteger)))
        return columns.count - 1
    }

    private func row(_ name: Word, _ scanner: LineScanner) throws(TextFailure) -> Int {
        guard let row = rowIndices[name.text] else {
            throw scanner.failure("there is no row '\(LineScanner.shown(name.text))'", at: name)
        }
        return row
    }

    private func coefficient(_ word: Word, _ scanner: LineScanner) throws(TextFailure) -> Double {
        guard let value = DecimalNumber.read(word.text) else {
            throw scanner.failure("expected a number, found '\(LineScanner.shown(word.text))'", at: word)
        }
        guard value.magnitude <= LinearProblem.largestCoefficient else {
            throw scanner.failure("\(LineScanner.shown(word.text)) is out of range: at most 1e15", at: word)
        }
        return value
    }

    // MARK: Right-hand sides and ranges

    mutating func addRight(_ fields: MPSFields, _ scanner: LineScanner) throws(TextFailure) {
        let section = section ?? .right
        guard fields.kind == nil, (2...5).contains(fields.words.count) else {
            throw scanner.failure("expected one or two pairs of a row and a value", at: fields.words.last?.column ?? 1)
        }
        let hasSet = fields.words.count % 2 == 1
        if hasSet { try checkSet(fields.words[0], section, scanner) }
        for pair in stride(from: hasSet ? 1 : 0, to: fields.words.count, by: 2) {
            let (name, word) = (fields.words[pair], fields.words[pair + 1])
            let row = try row(name, scanner)
            if section == .ranges {
                try setRange(row, name, try coefficient(word, scanner), scanner)
            } else {
                try setRight(row, name, word, scanner)
            }
        }
    }

    /// Of several sets only one could count: which one is not said, so a second one is refused.
    private mutating func checkSet(_ word: Word, _ section: MPSSection, _ scanner: LineScanner) throws(TextFailure) {
        let first = sets[section] ?? word.text
        guard first == word.text else {
            throw scanner.failure(
                "a second set '\(LineScanner.shown(word.text))' beside '\(LineScanner.shown(first))': keep one",
                at: word)
        }
        sets[section] = first
    }

    private mutating func setRight(
        _ row: Int, _ name: Word, _ word: Word, _ scanner: LineScanner
    ) throws(TextFailure) {
        guard let value = DecimalNumber.readBound(word.text) else {
            throw scanner.failure("expected a number, found '\(LineScanner.shown(word.text))'", at: word)
        }
        let isOpen = rows[row].kind == .less && value > 0 || rows[row].kind == .greater && value < 0
        guard value.isFinite || isOpen else {
            throw scanner.failure(
                "expected a finite right-hand side, found '\(LineScanner.shown(word.text))'", at: word)
        }
        guard rows[row].right == nil else {
            throw scanner.failure("a second right-hand side of row '\(LineScanner.shown(name.text))'", at: name)
        }
        rows[row].right = value
    }

    private mutating func setRange(
        _ row: Int, _ name: Word, _ value: Double, _ scanner: LineScanner
    ) throws(TextFailure) {
        guard rows[row].kind != .objective else {
            throw scanner.failure("a row of type N has no range: '\(LineScanner.shown(name.text))'", at: name)
        }
        guard rows[row].range == nil else {
            throw scanner.failure("a second range of row '\(LineScanner.shown(name.text))'", at: name)
        }
        rows[row].range = value
    }
}
