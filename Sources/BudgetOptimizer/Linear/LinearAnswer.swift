/// What a linear solver answers.
package struct LinearAnswer: Sendable, Equatable {
    package enum Status: String, Sendable, Equatable { case optimal, infeasible, unbounded, limit }

    /// How far a cost or a row's bound can move before the basis changes, and the objective there.
    package struct Range: Sendable, Equatable {
        package var down: Double
        package var downObjective: Double
        package var up: Double
        package var upObjective: Double
    }

    package var status: Status
    package var objective: Double?
    /// By column; empty without a point.
    package var x: [Double]
    /// By row: the change of the objective per unit of the row's bound. Empty for mixed-integer programs.
    package var duals: [Double]
    /// By column. Empty for mixed-integer programs.
    package var reducedCosts: [Double]
    /// By column, of its cost; by row, of its bound. Empty where there is none.
    package var costRanges: [Range]
    package var boundRanges: [Range]
    /// By row when infeasible (a Farkas proof), by column when unbounded; empty where none is known.
    package var ray: [Double]
    package var version: String
}

/// Why no answer was reached.
package enum LinearSolverError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(path: String, reason: String)
    case incompatible(path: String, symbol: String)
    case unreadable(path: String)
    case failed(String)
    case invalid(LinearProblemError)

    package var description: String {
        switch self {
        case .missing(let path, let reason): "cannot load HiGHS from '\(path)': \(reason)"
        case .incompatible(let path, let symbol): "'\(path)' is not a usable HiGHS library: it lacks \(symbol)"
        case .unreadable(let path): "HiGHS cannot read a model from '\(path)'"
        case .failed(let what): "HiGHS failed: \(what)"
        case .invalid(let problem): problem.description
        }
    }
}
