import BudgetOptimizer

/// The JSON form of a linear program: `{"sense", "c", "A", "b", "bounds", "integer"}`, dense, A x ≤ b.
package enum LinearFile {
    package static func read(_ bytes: [UInt8]) throws(GateFileErrors) -> LinearProblem {
        try GateFileFaults.reading(bytes) { root, faults in
            let known = ["schema", "sense", "c", "A", "b", "bounds", "integer"]
            guard faults.expectObject(root, of: known) else { return nil }
            return problem(root, &faults)
        }
    }

    private static func problem(_ root: GateFileValue, _ faults: inout GateFileFaults) -> LinearProblem? {
        let costs = faults.keep(try root.required("c")).flatMap { numbers($0, &faults) }
        let rows = rows(root["A"], columns: costs?.count, &faults)
        let right = numbers(root["b"], &faults)
        faults.expect(rows?.count, "numbers, one for each row of A", found: right?.count, in: root["b"] ?? root)
        let bounds = bounds(root["bounds"], columns: costs?.count, &faults)
        let integer = flags(root["integer"], columns: costs?.count, &faults)
        let sense = faults.keep(try sense(root["sense"]))
        guard faults.all.isEmpty, let sense, let costs, let rows, let right else { return nil }
        do throws(LinearProblemError) {
            return try LinearProblem(sense: sense, c: costs, a: rows, b: right, bounds: bounds, integer: integer)
        } catch {
            faults.note(GateFileError("", error.description))
            return nil
        }
    }

    private static func rows(
        _ value: GateFileValue?, columns: Int?, _ faults: inout GateFileFaults
    ) -> [[Double]]? {
        faults.items(value) { item, faults in
            let row = numbers(item, &faults)
            faults.expect(columns, "coefficients, one for each column", found: row?.count, in: item)
            return row ?? []
        }
    }

    private static func numbers(_ value: GateFileValue?, _ faults: inout GateFileFaults) -> [Double]? {
        faults.items(value, else: 0, number)
    }

    private static func number(_ value: GateFileValue) throws(GateFileError) -> Double {
        let number = try value.double()
        guard number.magnitude <= LinearProblem.largestCoefficient else {
            throw value.failure("\(number) is out of range: at most 1e15")
        }
        return number
    }

    private static func sense(_ value: GateFileValue?) throws(GateFileError) -> LinearProblem.Sense {
        guard let value else { return .minimise }
        guard let sense = LinearProblem.Sense(rawValue: try value.text()) else {
            throw value.failure("expected min or max")
        }
        return sense
    }

    private static func bounds(
        _ value: GateFileValue?, columns: Int?, _ faults: inout GateFileFaults
    ) -> [(lower: Double, upper: Double)]? {
        guard let value else { return nil }
        let bounds = faults.items(value, else: (0, .infinity), bound)
        faults.expect(columns, "pairs, one for each column", found: bounds?.count, in: value)
        return bounds
    }

    private static func bound(_ value: GateFileValue) throws(GateFileError) -> (lower: Double, upper: Double) {
        if value.json == .null { return (0, .infinity) }
        let pair = try value.items()
        guard pair.count == 2 else { throw value.failure("expected [lowest, highest], null for none") }
        let lower = pair[0].json == .null ? -Double.infinity : try pair[0].double()
        let upper = pair[1].json == .null ? Double.infinity : try pair[1].double()
        return (lower, upper)
    }

    private static func flags(
        _ value: GateFileValue?, columns: Int?, _ faults: inout GateFileFaults
    ) -> [Bool]? {
        guard let value else { return nil }
        let flags = faults.items(value, else: false) { (item) throws(GateFileError) in try item.flag() }
        faults.expect(columns, "flags, one for each column", found: flags?.count, in: value)
        return flags
    }
}

// MARK: - A point

extension LinearFile {
    /// A point: a list in the order of the columns, or an object of columns; columns left out are 0. What
    /// `optimize lp --json` prints is one too.
    package static func point(_ bytes: [UInt8], of problem: LinearProblem) throws(GateFileErrors) -> [Double] {
        try GateFileFaults.reading(bytes) { root, faults in
            var value = root
            if let inner = value["x"], case .object = inner.json { value = inner }
            if let inner = value["x"], case .array = inner.json { value = inner }
            guard case .array = value.json else { return byName(value, of: problem, &faults) }
            let x = numbers(value, &faults)
            faults.expect(problem.columns.count, "values", found: x?.count, in: value)
            return x
        }
    }

    private static func byName(
        _ value: GateFileValue, of problem: LinearProblem, _ faults: inout GateFileFaults
    ) -> [Double] {
        let names = Dictionary(problem.columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
        var x = [Double](repeating: 0, count: problem.columns.count)
        for member in faults.keep(try value.members()) ?? [] {
            guard let index = names[member.key] else {
                faults.note(member.value.failure("there is no such column"))
                continue
            }
            x[index] = faults.keep(try member.value.double()) ?? 0
        }
        return x
    }
}
