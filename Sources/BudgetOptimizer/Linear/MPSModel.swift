/// What has been read of an MPS file.
struct MPSModel {
    enum Kind: String { case objective = "N", less = "L", greater = "G", equal = "E" }

    struct Row {
        var name: String
        var kind: Kind
        var right: Double?
        var range: Double?
        var entries: [LinearProblem.Entry] = []
        /// The column that last named this row, so that a second time is seen.
        var lastColumn = -1
    }

    struct Column {
        var value: LinearProblem.Column
        /// Set by the section BOUNDS; an integer column without any is 0 or 1.
        var hasLower = false
        var hasUpper = false
    }

    /// By column: a negative upper bound that still lacks a lower one, which some programs read as 0, others as none.
    var openBelow: [Int: TextFailure] = [:]

    private(set) var section: MPSSection?
    private var begun: Set<MPSSection> = []
    var sense = LinearProblem.Sense.minimise
    var objectiveName: String?
    var rows: [Row] = []
    var rowIndices: [String: Int] = [:]
    var objective: Int?
    var columns: [Column] = []
    var columnIndices: [String: Int] = [:]
    var isInteger = false
    /// The name of the one set of each section that is read.
    var sets: [MPSSection: String] = [:]

    // MARK: Sections

    mutating func begin(
        _ next: MPSSection, _ words: [LineScanner.Word], _ scanner: LineScanner
    ) throws(TextFailure) {
        guard begun.insert(next).inserted else { throw scanner.failure("a second section \(next.rawValue)") }
        let before: MPSSection? =
            switch next {
            case .columns: .rows
            case .right, .ranges, .bounds, .end: .columns
            default: nil
            }
        if let before, !begun.contains(before) {
            throw scanner.failure("expected the section \(before.rawValue) before \(next.rawValue)")
        }
        if next == .sense || next == .objective || next == .rows, begun.contains(.columns) {
            throw scanner.failure("expected the section \(next.rawValue) before COLUMNS")
        }
        if section == .rows { try chooseObjective(scanner) }
        if next == .end, let open = openBelow.values.min(by: { $0.line < $1.line }) { throw open }
        section = next
        if next == .sense, let word = words.first { try readSense(word, scanner) }
        if next == .objective, let word = words.first { objectiveName = word.text }
    }

    private mutating func chooseObjective(_ scanner: LineScanner) throws(TextFailure) {
        guard let objectiveName else {
            return objective = rows.firstIndex { $0.kind == .objective }
        }
        guard let index = rowIndices[objectiveName], rows[index].kind == .objective else {
            throw scanner.failure("OBJNAME names '\(LineScanner.shown(objectiveName))', which is no row of type N")
        }
        objective = index
    }

    mutating func add(_ fields: MPSFields, _ scanner: LineScanner) throws(TextFailure) {
        switch section {
        case .sense, .objective:
            guard let word = fields.words.first else { throw scanner.failure("expected a word from column 5 on") }
            if section == .sense { try readSense(word, scanner) } else { objectiveName = word.text }
        case .rows: try addRow(fields, scanner)
        case .columns: try addColumn(fields, scanner)
        case .right, .ranges: try addRight(fields, scanner)
        case .bounds: try addBound(fields, scanner)
        case nil, .name, .end: throw scanner.failure("expected a section that starts in the first column")
        }
    }

    private mutating func readSense(_ word: LineScanner.Word, _ scanner: LineScanner) throws(TextFailure) {
        switch word.text.uppercased() {
        case "MIN", "MINIMIZE", "MINIMISE": sense = .minimise
        case "MAX", "MAXIMIZE", "MAXIMISE": sense = .maximise
        default: throw scanner.failure("expected MIN or MAX, found '\(LineScanner.shown(word.text))'", at: word)
        }
    }

    // MARK: The program

    /// Rows of type N other than the objective say nothing and are left out.
    func problem() -> LinearProblem {
        var columns = columns.map { column in
            var value = column.value
            if value.isInteger, !column.hasLower, !column.hasUpper { value.upper = 1 }
            return value
        }
        if let objective {
            for entry in rows[objective].entries { columns[entry.column].cost = entry.value }
        }
        let offset = objective.flatMap { rows[$0].right } ?? 0
        return LinearProblem(
            sense: sense, offset: offset == 0 ? 0 : -offset, columns: columns,
            rows: rows.filter { $0.kind != .objective }.map(\.bounded))
    }
}

extension MPSModel.Row {
    /// The row between its bounds: a range R widens `≤ b` to [b − |R|, b], `≥ b` to [b, b + |R|] and `= b` to the side
    /// of R's sign.
    var bounded: LinearProblem.Row {
        let right = right ?? 0
        let width = range?.magnitude
        var row = LinearProblem.Row(name: name, entries: entries)
        switch kind {
        case .less: (row.lower, row.upper) = (width.map { right - $0 } ?? -.infinity, right)
        case .greater: (row.lower, row.upper) = (right, width.map { right + $0 } ?? .infinity)
        case .equal, .objective: (row.lower, row.upper) = (right + min(0, range ?? 0), right + max(0, range ?? 0))
        }
        return row
    }
}
