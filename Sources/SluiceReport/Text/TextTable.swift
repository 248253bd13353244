/// Rows of cells in aligned columns. Columns in which nothing stands are left out.
package struct TextTable: Sendable {
    package enum Alignment: Sendable { case left, right }

    package struct Column: Sendable {
        package var title: String
        package var alignment: Alignment
        /// The width to which the column may be cut when the table is too wide; nil: it is never cut.
        package var minimum: Int?
        /// Whether the column is left out rather than another one cut.
        package var isOptional: Bool

        package init(
            _ title: String, _ alignment: Alignment = .left, minimum: Int? = nil, isOptional: Bool = false
        ) {
            self.title = title
            self.alignment = alignment
            self.minimum = minimum
            self.isOptional = isOptional
        }
    }

    package var columns: [Column]
    package private(set) var rows: [[StyledText]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    package mutating func append(_ row: [StyledText]) {
        precondition(row.count == columns.count, "a row has one cell for every column")
        rows.append(row)
    }

    /// The width at which nothing is cut or left out.
    package func naturalWidth(indent: Int = 2) -> Int {
        let shown = columns.indices.filter { index in rows.contains { !$0[index].isEmpty } }
        return shown.reduce(indent + 2 * max(0, shown.count - 1)) { $0 + naturalWidth(of: $1) }
    }

    /// The table's lines, at most `width` columns wide, without trailing blanks.
    package func lines(width: Int, style: Style, indent: Int = 2) -> [String] {
        var table = self
        table.rows = rows.map { $0.map { $0.spelled(style) } }
        return table.laidOut(width: width, style: style, indent: indent)
    }

    private func laidOut(width: Int, style: Style, indent: Int) -> [String] {
        let shown = shownColumns(in: width - indent)
        guard !shown.isEmpty else { return [] }
        let widths = fittedWidths(shown, into: width - indent)
        let heading = columns.map { StyledText($0.title, .quiet) }
        let hasHeading = shown.contains { !columns[$0].title.isEmpty }
        return ((hasHeading ? [heading] : []) + rows).map { row in
            let cells = zip(shown, widths).map { index, columnWidth in
                row[index].fitted(to: columnWidth, style: style).truncated(to: columnWidth, style: style)
                    .padded(to: columnWidth, alignment: columns[index].alignment)
            }
            return .blanks(indent) + cells.joined(by: "  ")
        }.rendered(style, width: width)
    }

    /// Columns with something in them; the optional ones from the right are left out until the others fit.
    private func shownColumns(in width: Int) -> [Int] {
        var shown = columns.indices.filter { index in rows.contains { !$0[index].isEmpty } }
        while shown.reduce(2 * (shown.count - 1), { $0 + naturalWidth(of: $1) }) > width,
            let last = shown.lastIndex(where: { columns[$0].isOptional })
        {
            shown.remove(at: last)
        }
        return shown
    }

    private func naturalWidth(of index: Int) -> Int {
        rows.reduce(DisplayWidth.of(columns[index].title)) { max($0, $1[index].width) }
    }

    /// Natural widths, then one column after the other taken from the widest that may be cut.
    private func fittedWidths(_ shown: [Int], into width: Int) -> [Int] {
        var widths = shown.map { min(naturalWidth(of: $0), max(width, 1)) }
        let gaps = 2 * (shown.count - 1)
        while widths.reduce(gaps, +) > width {
            let candidates = widths.indices.filter { widths[$0] > columns[shown[$0]].minimum ?? .max }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }
}
