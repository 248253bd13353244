extension LinearProblem {
    /// A row, bound or integrality that a point breaks, and by how much.
    package struct Violation: Sendable, Equatable {
        /// The row's or the column's name.
        package var name: String
        package var value: Double
        package var lower: Double
        package var upper: Double
        package var amount: Double
    }

    /// What the point breaks by more than the tolerance; a point of another length breaks nothing that can be named.
    package func violations(of x: [Double], tolerance: Double = 1e-9) -> [Violation] {
        guard x.count == columns.count else { return [] }
        var found: [Violation] = []
        for row in rows {
            let value = row.entries.reduce(0) { $0 + $1.value * x[$1.column] }
            let scale = tolerance * max(1, value.magnitude)
            let amount = max(row.lower - value, value - row.upper)
            if !(amount <= scale) {
                found.append(
                    .init(name: row.name, value: value, lower: row.lower, upper: row.upper, amount: amount))
            }
        }
        for (column, value) in zip(columns, x) {
            var amount = max(column.lower - value, value - column.upper)
            if column.isInteger { amount = max(amount, (value - value.rounded()).magnitude) }
            if !(amount <= tolerance * max(1, value.magnitude)) {
                found.append(
                    .init(name: column.name, value: value, lower: column.lower, upper: column.upper, amount: amount))
            }
        }
        return found
    }

    /// The objective at a point.
    package func objective(at x: [Double]) -> Double {
        zip(columns, x).reduce(offset) { $0 + $1.0.cost * $1.1 }
    }

    /// Columns and rows whose own bounds contradict each other, in words: such a program is infeasible without a ray.
    package var crossed: [String] {
        let all = columns.map { ($0.name, $0.lower, $0.upper) } + rows.map { ($0.name, $0.lower, $0.upper) }
        return all.filter { $0.1 > $0.2 }.map { "\($0.0): nothing is at least \($0.1) and at most \($0.2)" }
    }

    /// Whether the row multipliers prove that no point satisfies rows and bounds (Farkas 1902): the weighted sum of
    /// the rows lies above what the column bounds allow, or below.
    package func isInfeasible(by ray: [Double], tolerance: Double = 1e-7) -> Bool {
        guard ray.count == rows.count else { return false }
        return proves(ray, tolerance) || proves(ray.map { -$0 }, tolerance)
    }

    /// Σ y·(row) ≥ Σ y⁺·lower − y⁻·upper for every allowed point; contradicted when the columns cannot reach it.
    private func proves(_ ray: [Double], _ tolerance: Double) -> Bool {
        let scale = ray.map(\.magnitude).max() ?? 0
        guard scale > 0 else { return false }
        var needed = 0.0
        var slope = [Double](repeating: 0, count: columns.count)
        for (raw, row) in zip(ray, rows) {
            let weight = raw / scale
            if weight.magnitude <= 1e-11 { continue }
            let bound = weight > 0 ? row.lower : row.upper
            guard bound.isFinite else { return false }
            needed += weight * bound
            for entry in row.entries { slope[entry.column] += weight * entry.value }
        }
        var reachable = 0.0
        for (weight, column) in zip(slope, columns) where weight.magnitude > 1e-9 {
            let bound = weight > 0 ? column.upper : column.lower
            guard bound.isFinite else { return false }
            reachable += weight * bound
        }
        return needed - reachable > tolerance
    }
}
