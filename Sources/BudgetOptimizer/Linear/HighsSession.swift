/// One model inside HiGHS.
final class HighsSession {
    private static let longestName = 1_024

    private let library: HighsLibrary
    private let model: HighsLibrary.Model

    init(library path: String) throws(LinearSolverError) {
        library = try HighsLibrary(path: path)
        guard let model = library.create() else { throw .failed("it creates no model") }
        self.model = model
        _ = library.setFlag(model, "output_flag", 0)
        _ = library.setNumber(model, "mip_rel_gap", 0)
        _ = library.setNumber(model, "mip_abs_gap", 0)
    }

    deinit { library.destroy(model) }

    // MARK: Models

    func pass(_ problem: LinearProblem) throws(LinearSolverError) {
        var starts: [Int32] = []
        var indices: [Int32] = []
        var values: [Double] = []
        for row in problem.rows {
            starts.append(Int32(indices.count))
            indices += row.entries.map { Int32($0.column) }
            values += row.entries.map(\.value)
        }
        let status = library.passMip(
            model, Int32(problem.columns.count), Int32(problem.rows.count), Int32(values.count), 2,
            problem.sense == .minimise ? 1 : -1, problem.offset, problem.columns.map(\.cost),
            problem.columns.map(\.lower), problem.columns.map(\.upper), problem.rows.map(\.lower),
            problem.rows.map(\.upper), starts, indices, values, problem.columns.map { $0.isInteger ? 1 : 0 })
        guard status >= 0 else { throw .failed("it refuses the model") }
    }

    /// Reads a file and gives back what HiGHS understood.
    func read(_ path: String) throws(LinearSolverError) -> LinearProblem {
        guard library.readModel(model, path) >= 0 else { throw .unreadable(path: path) }
        var sense: Int32 = 1
        var offset = 0.0
        _ = library.sense(model, &sense)
        _ = library.offset(model, &offset)
        return LinearProblem(
            sense: sense >= 0 ? .minimise : .maximise, offset: offset, columns: columns(), rows: rows())
    }

    private func columns() -> [LinearProblem.Column] {
        let count = Int(library.columnCount(model))
        let entries = Int(library.entryCount(model))
        var (got, nonzeros): (Int32, Int32) = (0, 0)
        var costs = [Double](repeating: 0, count: count + 1)
        var lower = costs
        var upper = costs
        var starts = [Int32](repeating: 0, count: count + 1)
        var indices = [Int32](repeating: 0, count: entries + 1)
        var values = [Double](repeating: 0, count: entries + 1)
        guard count > 0 else { return [] }
        _ = library.columns(
            model, 0, Int32(count - 1), &got, &costs, &lower, &upper, &nonzeros, &starts, &indices, &values)
        return (0..<count).map { index in
            var kind: Int32 = 0
            _ = library.integrality(model, Int32(index), &kind)
            return .init(
                name: name(library.columnName, index) ?? "x\(index + 1)", cost: costs[index], lower: lower[index],
                upper: upper[index], isInteger: kind != 0)
        }
    }

    private func rows() -> [LinearProblem.Row] {
        let count = Int(library.rowCount(model))
        let entries = Int(library.entryCount(model))
        var (got, nonzeros): (Int32, Int32) = (0, 0)
        var lower = [Double](repeating: 0, count: count + 1)
        var upper = lower
        var starts = [Int32](repeating: 0, count: count + 1)
        var indices = [Int32](repeating: 0, count: entries + 1)
        var values = [Double](repeating: 0, count: entries + 1)
        guard count > 0 else { return [] }
        _ = library.rows(model, 0, Int32(count - 1), &got, &lower, &upper, &nonzeros, &starts, &indices, &values)
        starts[count] = nonzeros
        return (0..<count).map { index in
            let list = (Int(starts[index])..<Int(starts[index + 1])).map {
                LinearProblem.Entry(column: Int(indices[$0]), value: values[$0])
            }
            return .init(
                name: name(library.rowName, index) ?? "r\(index + 1)", lower: lower[index], upper: upper[index],
                entries: list)
        }
    }

    private func name(_ query: HighsLibrary.Name, _ index: Int) -> String? {
        var buffer = [CChar](repeating: 0, count: Self.longestName)
        guard query(model, Int32(index), &buffer) >= 0 else { return nil }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Solving

    func solve(_ problem: LinearProblem, seconds: Double?) throws(LinearSolverError) -> LinearAnswer {
        if let seconds { _ = library.setNumber(model, "time_limit", max(0, seconds)) }
        var status = try runModel()
        if status != .optimal && status != .limit {
            // Presolve reports neither which of the two it is nor a ray.
            _ = library.setText(model, "presolve", "off")
            status = try runModel()
        }
        var answer = LinearAnswer(
            status: status ?? .infeasible, objective: nil, x: [], duals: [], reducedCosts: [], costRanges: [],
            boundRanges: [], ray: [], version: String(cString: library.version()))
        switch answer.status {
        case .optimal: readPoint(problem, &answer)
        case .infeasible: answer.ray = ray(library.dualRay, count: problem.rows.count)
        case .unbounded: answer.ray = ray(library.primalRay, count: problem.columns.count)
        case .limit: break
        }
        return answer
    }

    /// nil: infeasible or unbounded.
    private func runModel() throws(LinearSolverError) -> LinearAnswer.Status? {
        guard library.run(model) >= 0 else { throw .failed("the run ended with an error") }
        switch library.modelStatus(model) {
        case 6, 7: return .optimal
        case 8: return .infeasible
        case 9: return nil
        case 10: return .unbounded
        case 11, 12, 13, 14, 15, 16, 17: return .limit
        case let code: throw .failed("model status \(code)")
        }
    }

    private func readPoint(_ problem: LinearProblem, _ answer: inout LinearAnswer) {
        var x = [Double](repeating: 0, count: problem.columns.count + 1)
        var reduced = x
        var activity = [Double](repeating: 0, count: problem.rows.count + 1)
        var duals = activity
        _ = library.solution(model, &x, &reduced, &activity, &duals)
        answer.objective = library.objective(model)
        answer.x = withoutNegativeZeros(x.dropLast())
        guard !problem.isMixedInteger else { return }
        answer.duals = withoutNegativeZeros(duals.dropLast())
        answer.reducedCosts = withoutNegativeZeros(reduced.dropLast())
        readRanges(problem, &answer)
    }

    private func ray(_ query: HighsLibrary.Ray, count: Int) -> [Double] {
        var exists: Int32 = 0
        var ray = [Double](repeating: 0, count: count + 1)
        guard query(model, &exists, &ray) >= 0, exists != 0 else { return [] }
        return withoutNegativeZeros(ray.dropLast())
    }

    /// -0 + 0 is 0; a person who reads "-0" looks for a reason.
    private func withoutNegativeZeros(_ values: ArraySlice<Double>) -> [Double] { values.map { $0 + 0 } }

    private func readRanges(_ problem: LinearProblem, _ answer: inout LinearAnswer) {
        let width = max(problem.columns.count, problem.rows.count) + 1
        let numbers = UnsafeMutablePointer<Double>.allocate(capacity: 12 * width)
        let indices = UnsafeMutablePointer<Int32>.allocate(capacity: 12 * width)
        numbers.initialize(repeating: 0, count: 12 * width)
        indices.initialize(repeating: 0, count: 12 * width)
        defer {
            numbers.deallocate()
            indices.deallocate()
        }
        func n(_ block: Int) -> HighsLibrary.Numbers { numbers + block * width }
        func i(_ block: Int) -> HighsLibrary.Counts { indices + block * width }
        let status = library.ranging(
            model, n(0), n(1), i(0), i(1), n(2), n(3), i(2), i(3), n(4), n(5), i(4), i(5), n(6), n(7), i(6), i(7), n(8),
            n(9), i(8), i(9), n(10), n(11), i(10), i(11))
        guard status >= 0 else { return }
        func range(_ up: Int, _ down: Int, _ index: Int) -> LinearAnswer.Range {
            .init(
                down: n(down)[index] + 0, downObjective: n(down + 1)[index] + 0, up: n(up)[index] + 0,
                upObjective: n(up + 1)[index] + 0)
        }
        answer.costRanges = problem.columns.indices.map { range(0, 2, $0) }
        answer.boundRanges = problem.rows.indices.map { range(8, 10, $0) }
    }
}
