import SluiceModel

extension SourceText {
    /// The place of a character of a scalar that stands at `start`, for faults inside of expressions and scripts.
    /// `text` is the scalar's value. Where quoting or folding moved characters, the nearest place before.
    func location(ofCharacter offset: Int, of text: String, at start: SourceLocation) -> SourceLocation {
        let rest = Array(line(start.line).dropFirst(start.column - 1))
        switch rest.first {
        case "|", ">": return locationInBlock(offset, of: text, at: start)
        case "\"", "'": return moved(start, by: min(offset + 1, max(0, rest.count - 1)))
        default: return moved(start, by: min(offset, max(0, rest.count - 1)))
        }
    }

    private func moved(_ location: SourceLocation, by columns: Int) -> SourceLocation {
        SourceLocation(file: location.file, line: location.line, column: location.column + columns)
    }

    /// In a block scalar the text's lines follow the indicator's line, indented.
    private func locationInBlock(_ offset: Int, of text: String, at start: SourceLocation) -> SourceLocation {
        let before = text.prefix(offset).split(separator: "\n", omittingEmptySubsequences: false)
        let number = start.line + max(1, before.count)
        let firstLine = line(start.line + 1)
        let indentation = firstLine.prefix { $0 == " " }.count
        let column = indentation + (before.last?.count ?? 0) + 1
        return SourceLocation(file: path, line: min(number, lineCount), column: column)
    }
}
