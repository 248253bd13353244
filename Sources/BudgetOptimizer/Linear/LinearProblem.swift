/// A linear or mixed-integer program: minimise or maximise cᵀx + offset, row bounds around Ax, bounds around x.
package struct LinearProblem: Sendable, Equatable {
    package enum Sense: String, Sendable, Equatable {
        case minimise = "min"
        case maximise = "max"
    }

    package struct Column: Sendable, Equatable {
        package var name: String
        package var cost: Double
        /// `-Double.infinity` where there is no lower bound.
        package var lower: Double
        package var upper: Double
        package var isInteger: Bool

        package init(
            name: String, cost: Double, lower: Double = 0, upper: Double = .infinity, isInteger: Bool = false
        ) {
            self.name = name
            self.cost = cost
            self.lower = lower
            self.upper = upper
            self.isInteger = isInteger
        }
    }

    package struct Row: Sendable, Equatable {
        package var name: String
        package var lower: Double
        package var upper: Double
        package var entries: [Entry]

        package init(name: String, lower: Double = -.infinity, upper: Double = .infinity, entries: [Entry]) {
            self.name = name
            self.lower = lower
            self.upper = upper
            self.entries = entries
        }
    }

    package struct Entry: Sendable, Equatable {
        package var column: Int
        package var value: Double

        package init(column: Int, value: Double) {
            self.column = column
            self.value = value
        }
    }

    /// HiGHS takes no larger ones (`large_matrix_value`).
    package static let largestCoefficient = 1e15

    package var sense: Sense
    package var offset: Double
    package var columns: [Column]
    package var rows: [Row]

    package init(sense: Sense = .minimise, offset: Double = 0, columns: [Column], rows: [Row]) {
        self.sense = sense
        self.offset = offset
        self.columns = columns
        self.rows = rows
    }

    package var isMixedInteger: Bool { columns.contains(where: \.isInteger) }

    /// Dense A x ≤ b with x ≥ 0 by default; columns `x1…`, rows `r1…`.
    package init(
        sense: Sense = .minimise, c: [Double], a: [[Double]], b: [Double],
        bounds: [(lower: Double, upper: Double)]? = nil, integer: [Bool]? = nil
    ) throws(LinearProblemError) {
        guard a.count == b.count else { throw .count(what: "rows of A", expected: b.count, found: a.count) }
        if let bounds, bounds.count != c.count {
            throw .count(what: "bounds", expected: c.count, found: bounds.count)
        }
        if let integer, integer.count != c.count {
            throw .count(what: "integer flags", expected: c.count, found: integer.count)
        }
        var rows: [Row] = []
        for (index, coefficients) in a.enumerated() {
            guard coefficients.count == c.count else {
                throw .count(what: "columns in row \(index + 1) of A", expected: c.count, found: coefficients.count)
            }
            let entries = coefficients.enumerated().filter { $0.element != 0 }
                .map { Entry(column: $0.offset, value: $0.element) }
            rows.append(Row(name: "r\(index + 1)", upper: b[index], entries: entries))
        }
        let columns = c.indices.map { index in
            Column(
                name: "x\(index + 1)", cost: c[index], lower: bounds?[index].lower ?? 0,
                upper: bounds?[index].upper ?? .infinity, isInteger: integer?[index] ?? false)
        }
        self.init(sense: sense, columns: columns, rows: rows)
        try validate()
    }

    /// Throws what no solver should see: NaN, infinite costs or coefficients, columns that do not exist.
    package func validate() throws(LinearProblemError) {
        guard offset.isFinite else { throw .notFinite("the offset") }
        for column in columns {
            guard column.cost.isFinite else { throw .notFinite("the cost of \(column.name)") }
            if column.lower.isNaN || column.upper.isNaN { throw .notFinite("a bound of \(column.name)") }
        }
        for row in rows {
            if row.lower.isNaN || row.upper.isNaN { throw .notFinite("a bound of \(row.name)") }
            for entry in row.entries {
                guard columns.indices.contains(entry.column) else { throw .unknownColumn(row: row.name) }
                guard entry.value.isFinite else { throw .notFinite("a coefficient of \(row.name)") }
            }
        }
    }
}

/// Why a program has no meaning.
package enum LinearProblemError: Error, Sendable, Equatable, CustomStringConvertible {
    case count(what: String, expected: Int, found: Int)
    case notFinite(String)
    case unknownColumn(row: String)

    package var description: String {
        switch self {
        case .count(let what, let expected, let found): "expected \(expected) \(what), found \(found)"
        case .notFinite(let what): "\(what) is not a finite number"
        case .unknownColumn(let row): "row \(row) names a column that does not exist"
        }
    }
}
