import BudgetOptimizer

/// The JSON form of a linear program: `{"sense", "c", "A", "b", "bounds", "integer"}`, dense, A x ≤ b.
package enum LinearFile {
    package static func read(_ bytes: [UInt8]) throws(GateFileError) -> LinearProblem {
        let root = GateFileValue(path: "", json: try GateFileJSON.read(bytes))
        try root.expectObject(of: ["schema", "sense", "c", "A", "b", "bounds", "integer"])
        let costs = try numbers(root.required("c"))
        var rows: [[Double]] = []
        for item in try root["A"]?.items() ?? [] {
            let row = try numbers(item)
            try expect(costs.count, "coefficients, one for each column", row.count, item)
            rows.append(row)
        }
        let right = try root["b"].map { (value) throws(GateFileError) in try numbers(value) } ?? []
        try expect(rows.count, "numbers, one for each row of A", right.count, root["b"] ?? root)
        let bounds = try bounds(root["bounds"], count: costs.count)
        let integer = try flags(root["integer"], count: costs.count)
        let sense = try sense(root["sense"])
        do throws(LinearProblemError) {
            return try LinearProblem(
                sense: sense, c: costs, a: rows, b: right, bounds: bounds, integer: integer)
        } catch {
            throw GateFileError("", error.description)
        }
    }

    private static func expect(
        _ expected: Int, _ what: String, _ found: Int, _ value: GateFileValue
    ) throws(GateFileError) {
        guard found == expected else { throw value.failure("expected \(expected) \(what), found \(found)") }
    }

    /// A point: a list in the order of the columns, or an object of columns; columns left out are 0. What
    /// `optimize lp --json` prints is one too.
    package static func point(_ bytes: [UInt8], of problem: LinearProblem) throws(GateFileError) -> [Double] {
        var value = GateFileValue(path: "", json: try GateFileJSON.read(bytes))
        if let inner = value["x"], case .object = inner.json { value = inner }
        if let inner = value["x"], case .array = inner.json { value = inner }
        if case .array = value.json {
            let x = try numbers(value)
            guard x.count == problem.columns.count else {
                throw value.failure("expected \(problem.columns.count) values, found \(x.count)")
            }
            return x
        }
        let names = Dictionary(problem.columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
        var x = [Double](repeating: 0, count: problem.columns.count)
        for member in try value.members() {
            guard let index = names[member.key] else { throw member.value.failure("there is no such column") }
            x[index] = try member.value.double()
        }
        return x
    }

    private static func numbers(_ value: GateFileValue) throws(GateFileError) -> [Double] {
        var numbers: [Double] = []
        for item in try value.items() {
            let number = try item.double()
            guard number.magnitude <= LinearProblem.largestCoefficient else {
                throw item.failure("\(number) is out of range: at most 1e15")
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func sense(_ value: GateFileValue?) throws(GateFileError) -> LinearProblem.Sense {
        guard let value else { return .minimise }
        guard let sense = LinearProblem.Sense(rawValue: try value.text()) else {
            throw value.failure("expected min or max")
        }
        return sense
    }

    private static func bounds(
        _ value: GateFileValue?, count: Int
    ) throws(GateFileError) -> [(lower: Double, upper: Double)]? {
        guard let value else { return nil }
        try expect(count, "pairs, one for each column", value.items().count, value)
        var bounds: [(lower: Double, upper: Double)] = []
        for item in try value.items() {
            if item.json == .null {
                bounds.append((0, .infinity))
                continue
            }
            let pair = try item.items()
            guard pair.count == 2 else { throw item.failure("expected [lowest, highest], null for none") }
            let lower = pair[0].json == .null ? -Double.infinity : try pair[0].double()
            let upper = pair[1].json == .null ? Double.infinity : try pair[1].double()
            bounds.append((lower, upper))
        }
        return bounds
    }

    private static func flags(_ value: GateFileValue?, count: Int) throws(GateFileError) -> [Bool]? {
        guard let value else { return nil }
        try expect(count, "flags, one for each column", value.items().count, value)
        var flags: [Bool] = []
        for item in try value.items() { flags.append(try item.flag()) }
        return flags
    }
}
