/// The section BOUNDS.
extension MPSModel {
    private enum Bound: String, CaseIterable {
        case lower = "LO"
        case upper = "UP"
        case fixed = "FX"
        case free = "FR"
        case minusInfinity = "MI"
        case plusInfinity = "PL"
        case binary = "BV"
        case integerLower = "LI"
        case integerUpper = "UI"

        var needsValue: Bool {
            switch self {
            case .lower, .upper, .fixed, .integerLower, .integerUpper: true
            case .free, .minusInfinity, .plusInfinity, .binary: false
            }
        }
    }

    mutating func addBound(_ fields: MPSFields, _ scanner: LineScanner) throws(TextFailure) {
        let bound = try boundType(fields.kind, scanner)
        let (name, value) = try target(bound, fields, scanner)
        guard let column = columnIndices[name.text] else {
            throw scanner.failure("there is no column '\(LineScanner.shown(name.text))'", at: name)
        }
        let number = try value.map { (word) throws(TextFailure) in try boundValue(word, scanner) } ?? 0
        try apply(bound, number, column, name, scanner)
        if bound == .lower || bound == .fixed || bound == .integerLower, number == .infinity {
            throw scanner.failure("expected a finite lower bound", at: value?.column ?? 1)
        }
        if bound == .upper || bound == .fixed || bound == .integerUpper, number == -.infinity {
            throw scanner.failure("expected a finite upper bound", at: value?.column ?? 1)
        }
    }

    private func boundType(_ word: Word?, _ scanner: LineScanner) throws(TextFailure) -> Bound {
        let text = word?.text.uppercased() ?? ""
        if let bound = Bound(rawValue: text) { return bound }
        if ["SC", "SI"].contains(text) {
            throw scanner.failure("semi-continuous bounds (\(text)) are not supported", at: word?.column ?? 1)
        }
        let known = Bound.allCases.map(\.rawValue).joined(separator: ", ")
        throw scanner.failure(
            "expected a bound type (\(known)), found '\(LineScanner.shown(text))'", at: word?.column ?? 1)
    }

    /// The column and, where the type has one, the value. The set's name may be left out, and a value may follow a
    /// type that needs none.
    private mutating func target(
        _ bound: Bound, _ fields: MPSFields, _ scanner: LineScanner
    ) throws(TextFailure) -> (name: Word, value: Word?) {
        let words = fields.words
        let hasSet: Bool
        switch (bound.needsValue, words.count) {
        case (true, 2), (false, 1): hasSet = false
        case (true, 3), (false, 3): hasSet = true
        // `FR BND x` or `FR x 0`
        case (false, 2): hasSet = columnIndices[words[1].text] != nil || columnIndices[words[0].text] == nil
        default:
            throw scanner.failure(
                "expected a column\(bound.needsValue ? " and a value" : "") behind \(bound.rawValue)",
                at: words.last?.column ?? 1)
        }
        if hasSet {
            let first = sets[.bounds] ?? words[0].text
            guard first == words[0].text else {
                throw scanner.failure(
                    "a second set '\(LineScanner.shown(words[0].text))' beside '\(LineScanner.shown(first))': keep one",
                    at: words[0])
            }
            sets[.bounds] = first
        }
        let rest = words.dropFirst(hasSet ? 1 : 0)
        return (rest[rest.startIndex], bound.needsValue ? rest.last : nil)
    }

    private func boundValue(_ word: Word, _ scanner: LineScanner) throws(TextFailure) -> Double {
        guard let value = DecimalNumber.readBound(word.text) else {
            throw scanner.failure("expected a number, found '\(LineScanner.shown(word.text))'", at: word)
        }
        return value
    }

    private mutating func apply(
        _ bound: Bound, _ value: Double, _ index: Int, _ name: Word, _ scanner: LineScanner
    ) throws(TextFailure) {
        let setsLower = ![.upper, .plusInfinity, .integerUpper].contains(bound)
        let setsUpper = ![.lower, .minusInfinity, .integerLower].contains(bound)
        guard !(setsLower && columns[index].hasLower), !(setsUpper && columns[index].hasUpper) else {
            throw scanner.failure("a second bound of column '\(LineScanner.shown(name.text))'", at: name)
        }
        if setsLower { columns[index].hasLower = true }
        if setsUpper { columns[index].hasUpper = true }
        switch bound {
        case .lower, .integerLower: columns[index].value.lower = value
        case .upper, .integerUpper: columns[index].value.upper = value
        case .fixed: (columns[index].value.lower, columns[index].value.upper) = (value, value)
        case .free: (columns[index].value.lower, columns[index].value.upper) = (-.infinity, .infinity)
        case .minusInfinity: columns[index].value.lower = -.infinity
        case .plusInfinity: columns[index].value.upper = .infinity
        case .binary: (columns[index].value.lower, columns[index].value.upper) = (0, 1)
        }
        if [.binary, .integerLower, .integerUpper].contains(bound) { columns[index].value.isInteger = true }
        if setsLower { openBelow[index] = nil }
        if value < 0, setsUpper, !columns[index].hasLower {
            openBelow[index] = scanner.failure(
                "a negative upper bound without a lower one means different things to different programs: add a bound "
                    + "LO or MI", at: name)
        }
    }
}
