import Foundation

@testable import BudgetOptimizer

/// Linear programs as files: where the samples lie, and how any program is written.
enum ModelFiles {
    static func fixture(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/Linear").appending(path: name)
    }

    static func read(_ url: URL) throws -> LinearProblem {
        let bytes = [UInt8](try Data(contentsOf: url))
        return try url.pathExtension == "lp" ? LPReader.read(bytes) : MPSReader.read(bytes)
    }

    /// Entries in the order of the columns, as HiGHS gives them back.
    static func ordered(_ problem: LinearProblem) -> LinearProblem {
        var problem = problem
        for row in problem.rows.indices { problem.rows[row].entries.sort { $0.column < $1.column } }
        return problem
    }

    // MARK: Random programs

    static func random(seed: UInt64) -> LinearProblem {
        var random = SeededGenerator(seed: seed)
        let columns = (0..<Int.random(in: 1...6, using: &random)).map { index in
            var column = LinearProblem.Column(name: "x\(index)", cost: number(&random))
            column.isInteger = Int.random(in: 0..<3, using: &random) == 0
            switch Int.random(in: 0..<6, using: &random) {
            case 0: (column.lower, column.upper) = (-.infinity, .infinity)
            case 1: (column.lower, column.upper) = (-.infinity, number(&random))
            case 2: column.lower = number(&random)
            case 3: (column.lower, column.upper) = (-3, number(&random).magnitude)
            case 4: (column.lower, column.upper) = (2.5, 2.5)
            default: column.upper = number(&random).magnitude
            }
            return column
        }
        let rows = (0..<Int.random(in: 0...5, using: &random)).map { index in
            var row = LinearProblem.Row(name: "row\(index)", entries: [])
            for column in columns.indices where Bool.random(using: &random) {
                row.entries.append(.init(column: column, value: number(&random)))
            }
            let right = number(&random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: row.lower = right
            case 1: row.upper = right
            case 2: (row.lower, row.upper) = (right, right)
            default: (row.lower, row.upper) = (right, right + 4)
            }
            return row
        }
        return LinearProblem(
            sense: Bool.random(using: &random) ? .minimise : .maximise, offset: number(&random), columns: columns,
            rows: rows)
    }

    /// Eighths: exact in decimal and in binary, never 0.
    private static func number(_ random: inout SeededGenerator) -> Double {
        Double(Int.random(in: 1...400, using: &random) * (Bool.random(using: &random) ? 1 : -1)) / 8
    }

    // MARK: Text

    static func mps(_ problem: LinearProblem) -> String {
        var lines = ["NAME", "OBJSENSE", "    \(problem.sense == .minimise ? "MIN" : "MAX")", "ROWS", " N cost"]
        for row in problem.rows { lines.append(" \(kind(row)) \(row.name)") }
        lines.append("COLUMNS")
        for (index, column) in problem.columns.enumerated() {
            if column.isInteger { lines.append("    M 'MARKER' 'INTORG'") }
            lines.append("    \(column.name) cost \(column.cost)")
            for row in problem.rows {
                for entry in row.entries where entry.column == index {
                    lines.append("    \(column.name) \(row.name) \(entry.value)")
                }
            }
            if column.isInteger { lines.append("    M 'MARKER' 'INTEND'") }
        }
        lines += ["RHS", "    R cost \(-problem.offset)"]
        for row in problem.rows { lines.append("    R \(row.name) \(row.lower.isFinite ? row.lower : row.upper)") }
        lines.append("RANGES")
        for row in problem.rows where row.lower.isFinite && row.upper.isFinite && row.lower < row.upper {
            lines.append("    S \(row.name) \(row.upper - row.lower)")
        }
        lines.append("BOUNDS")
        for column in problem.columns {
            lines.append(
                column.lower == -.infinity ? " MI B \(column.name)" : " LO B \(column.name) \(column.lower)")
            lines.append(
                column.upper == .infinity ? " PL B \(column.name)" : " UP B \(column.name) \(column.upper)")
        }
        return (lines + ["ENDATA", ""]).joined(separator: "\n")
    }

    private static func kind(_ row: LinearProblem.Row) -> String {
        row.lower == row.upper ? "E" : row.lower.isFinite ? "G" : "L"
    }

    /// Rows between two bounds are written as two, because not every program reads ranges.
    static func lp(_ problem: LinearProblem) -> String {
        var lines = [problem.sense == .minimise ? "Minimize" : "Maximize"]
        let costs = problem.columns.map { "+ \($0.cost) \($0.name)" }.joined(separator: "\n   ")
        lines += [" cost: " + costs.replacing("+ -", with: "- ") + " + 0", "   + \(problem.offset)", "Subject To"]
        lines[lines.count - 2].replace("+ -", with: "- ")
        for row in problem.rows where !row.entries.isEmpty {
            let sum = row.entries.map { "+ \($0.value) \(problem.columns[$0.column].name)" }
                .joined(separator: " ").replacing("+ -", with: "- ")
            if row.lower.isFinite, row.lower == row.upper {
                lines.append(" \(row.name): \(sum) = \(row.lower)")
                continue
            }
            if row.lower.isFinite { lines.append(" \(row.name): \(sum) >= \(row.lower)") }
            if row.upper.isFinite { lines.append(" \(row.name)u: \(sum) <= \(row.upper)") }
        }
        lines.append("Bounds")
        for column in problem.columns {
            lines.append(" \(column.lower == -.infinity ? "-inf" : "\(column.lower)") <= \(column.name)")
            if column.upper.isFinite { lines.append(" \(column.name) <= \(column.upper)") }
        }
        lines += ["General", " " + problem.columns.filter(\.isInteger).map(\.name).joined(separator: " "), "End", ""]
        return lines.joined(separator: "\n")
    }
}
