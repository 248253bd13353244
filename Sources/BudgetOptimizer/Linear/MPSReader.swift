/// Reads MPS (IBM MPSX; fixed and free form) as HiGHS understands it, and says where a file is none.
package enum MPSReader {
    /// Free form first. A file whose names hold blanks has a meaning only by columns; of two failures the one that
    /// got further is told.
    package static func read(_ bytes: [UInt8]) throws(TextFailure) -> LinearProblem {
        let first: TextFailure
        do { return try read(bytes, form: .free) } catch { first = error }
        do { return try read(bytes, form: .fixed) } catch { throw error.line > first.line ? error : first }
    }

    private static func read(_ bytes: [UInt8], form: MPSLine.Form) throws(TextFailure) -> LinearProblem {
        var text = MPSText(bytes, form: form)
        var model = MPSModel()
        while let line = try text.next() {
            switch line {
            case .header(let section, let words): try model.begin(section, words, text.scanner)
            case .data(let fields): try model.add(fields, text.scanner)
            }
        }
        return model.problem()
    }
}

/// A section of an MPS file.
enum MPSSection: String, CaseIterable {
    case name = "NAME"
    case sense = "OBJSENSE"
    case objective = "OBJNAME"
    case rows = "ROWS"
    case columns = "COLUMNS"
    case right = "RHS"
    case ranges = "RANGES"
    case bounds = "BOUNDS"
    case end = "ENDATA"

    /// What other programs write and a linear program has no place for.
    static let unsupported: Set<String> = [
        "QUADOBJ", "QMATRIX", "QSECTION", "QCMATRIX", "CSECTION", "SOS", "SOS1", "SOS2", "SETS", "INDICATORS",
        "GENCONS", "PWLOBJ", "PWLNAM", "PWLCON", "LAZYCONS", "USERCUTS", "BRANCH", "HBRANCH", "REFROW",
    ]
}

/// The lines of an MPS file.
struct MPSText {
    private(set) var scanner: LineScanner
    private let form: MPSLine.Form
    private var section: MPSSection?

    init(_ bytes: [UInt8], form: MPSLine.Form) {
        scanner = LineScanner(bytes)
        self.form = form
    }

    /// nil behind ENDATA. Comments and empty lines are skipped.
    mutating func next() throws(TextFailure) -> MPSLine? {
        if section == .end { return nil }
        while scanner.advance() {
            if scanner.byte(1) == UInt8(ascii: "*") || scanner.isBlank() { continue }
            if let first = scanner.byte(1), first != 0x20, first != 0x09 { return try header() }
            return .data(try fields())
        }
        throw scanner.failure("expected ENDATA, found the end of the file: it may be cut off")
    }

    private mutating func header() throws(TextFailure) -> MPSLine {
        let words = scanner.words(atMost: 3)
        let title = words[0].text
        if let found = MPSSection(rawValue: title.uppercased()) {
            section = found
            return .header(found, Array(words.dropFirst()))
        }
        if MPSSection.unsupported.contains(title.uppercased()) {
            throw scanner.failure("the section \(title) is not supported: the program must be linear or mixed-integer")
        }
        // Some programs write data from the first column on.
        if form == .free, words.count > 1, section != nil, section != .name { return .data(try fields()) }
        let known = MPSSection.allCases.map(\.rawValue).joined(separator: ", ")
        throw scanner.failure("expected a section (\(known)), found '\(LineScanner.shown(title))'")
    }

    private func fields() throws(TextFailure) -> MPSFields {
        let hasKind = section == .rows || section == .bounds
        switch form {
        case .free: return try MPSFields(free: scanner, hasKind: hasKind)
        case .fixed: return try MPSFields(fixed: scanner)
        }
    }
}

enum MPSLine {
    enum Form { case free, fixed }

    case header(MPSSection, [LineScanner.Word])
    case data(MPSFields)
}
