/// What has been read of a CPLEX-LP file. Variables exist from their first place in objective or rows on.
struct LPModel {
    private struct Variable {
        var value: LinearProblem.Column
        var lower: Double?
        var upper: Double?
        /// The row, and the entry in it, that last named the variable.
        var lastRow = -1
        var lastEntry = 0
    }

    var sense = LinearProblem.Sense.minimise
    var hasObjective = false
    var offset = 0.0
    private var variables: [Variable] = []
    private var indices: [String: Int] = [:]
    private var rows: [LinearProblem.Row] = []
    private var rowNames: Set<String> = []
    private var unnamed: [Int] = []

    static func infinity(_ name: String) -> Double? {
        switch name.lowercased() {
        case "inf", "infinity": .infinity
        default: nil
        }
    }

    // MARK: Objective and rows

    mutating func addCost(_ value: Double, _ name: LPToken) throws(TextFailure) {
        let index = variable(name)
        variables[index].value.cost = try limited(variables[index].value.cost + value, name)
    }

    /// Terms of the same variable are added up.
    mutating func addRow(
        _ name: LPToken?, _ terms: [(name: LPToken, value: Double)], at start: LPToken,
        bounds: (lower: Double, upper: Double)
    ) throws(TextFailure) {
        guard bounds.lower < .infinity, bounds.upper > -.infinity, !bounds.lower.isNaN, !bounds.upper.isNaN else {
            throw start.failure("expected a finite number to compare the row with")
        }
        var row = LinearProblem.Row(name: "", lower: bounds.lower, upper: bounds.upper, entries: [])
        if let name, case .name(let text) = name.kind {
            guard rowNames.insert(text).inserted else { throw name.failure("a second row \(name.shown)") }
            row.name = text
        } else {
            unnamed.append(rows.count)
        }
        for term in terms {
            let index = variable(term.name)
            if variables[index].lastRow == rows.count {
                let entry = variables[index].lastEntry
                row.entries[entry].value = try limited(row.entries[entry].value + term.value, term.name)
                continue
            }
            (variables[index].lastRow, variables[index].lastEntry) = (rows.count, row.entries.count)
            row.entries.append(.init(column: index, value: try limited(term.value, term.name)))
        }
        row.entries.removeAll { $0.value == 0 }
        rows.append(row)
    }

    private func limited(_ value: Double, _ name: LPToken) throws(TextFailure) -> Double {
        guard value.magnitude <= LinearProblem.largestCoefficient else {
            throw name.failure("the coefficient of \(name.shown) is out of range: at most 1e15")
        }
        return value
    }

    private mutating func variable(_ token: LPToken) -> Int {
        guard case .name(let name) = token.kind else { return 0 }
        if let index = indices[name] { return index }
        indices[name] = variables.count
        variables.append(Variable(value: .init(name: name, cost: 0)))
        return variables.count - 1
    }

    // MARK: Bounds and kinds

    private func known(_ token: LPToken) throws(TextFailure) -> Int {
        guard case .name(let name) = token.kind, let index = indices[name] else {
            throw token.failure("there is no variable \(token.shown) in objective or rows")
        }
        return index
    }

    /// `name relation value`
    mutating func setBound(
        _ name: LPToken, _ relation: LPToken.Kind, _ value: Double
    ) throws(TextFailure) {
        let index = try known(name)
        guard value.isFinite || value == (relation == .less ? .infinity : -.infinity) && relation != .equal else {
            throw name.failure("no value of \(name.shown) lies between its bounds")
        }
        if relation != .less { try set(\.lower, of: index, to: value, name) }
        if relation != .greater { try set(\.upper, of: index, to: value, name) }
    }

    private mutating func set(
        _ side: WritableKeyPath<Variable, Double?>, of index: Int, to value: Double, _ name: LPToken
    ) throws(TextFailure) {
        if let old = variables[index][keyPath: side], old != value {
            throw name.failure("a second bound of \(name.shown), \(value) instead of \(old): keep one")
        }
        variables[index][keyPath: side] = value
    }

    mutating func makeFree(_ name: LPToken) throws(TextFailure) {
        let index = try known(name)
        try set(\.lower, of: index, to: -.infinity, name)
        try set(\.upper, of: index, to: .infinity, name)
    }

    mutating func makeInteger(_ name: LPToken) throws(TextFailure) {
        let index = try known(name)
        variables[index].value.isInteger = true
    }

    /// 0 or 1, within the bounds that are set besides.
    mutating func makeBinary(_ name: LPToken) throws(TextFailure) {
        let index = try known(name)
        variables[index].value.isInteger = true
        variables[index].lower = max(0, variables[index].lower ?? 0)
        variables[index].upper = min(1, variables[index].upper ?? 1)
    }

    // MARK: The program

    func problem() -> LinearProblem {
        var rows = rows
        var taken = rowNames
        for index in unnamed {
            var name = "r\(index + 1)"
            while !taken.insert(name).inserted { name += "_" }
            rows[index].name = name
        }
        let columns = variables.map { variable in
            var column = variable.value
            column.lower = variable.lower ?? 0
            column.upper = variable.upper ?? .infinity
            return column
        }
        return LinearProblem(sense: sense, offset: offset, columns: columns, rows: rows)
    }
}
