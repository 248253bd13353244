import SluiceModel

/// Turns the columns of YAML's marks, which count Unicode scalars, into characters. The nodes of a file come in the
/// order of its lines, so one line is kept: a line with ten thousand nodes is cut into characters once.
struct ColumnTable {
    private let source: SourceText
    private var number = 0
    /// The character's column for every scalar of the line; empty where they are the same.
    private var columns: [Int] = []

    init(source: SourceText) { self.source = source }

    mutating func location(line: Int, scalar: Int) -> SourceLocation {
        let line = min(max(1, line), source.lineCount)
        if line != number { read(line) }
        let index = max(1, scalar) - 1
        let column = index < columns.count ? columns[index] : (columns.last ?? 0) + index - columns.count + 1
        return SourceLocation(file: source.path, line: line, column: column)
    }

    private mutating func read(_ line: Int) {
        number = line
        columns = []
        let text = source.line(line)
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return }
        for (index, character) in text.enumerated() {
            columns += Array(repeating: index + 1, count: character.unicodeScalars.count)
        }
    }
}
