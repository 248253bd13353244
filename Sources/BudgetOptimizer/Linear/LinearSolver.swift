/// Linear and mixed-integer programs by HiGHS. The library's path is the caller's business.
package enum LinearSolver {
    /// Solves a program that was built in memory. Mixed-integer programs are solved to gap 0.
    package static func solve(
        _ problem: LinearProblem, library path: String, seconds: Double? = nil
    ) throws(LinearSolverError) -> LinearAnswer {
        do { try problem.validate() } catch { throw .invalid(error) }
        let session = try HighsSession(library: path)
        try session.pass(problem)
        return try session.solve(problem, seconds: seconds)
    }

    /// Reads an MPS or CPLEX-LP file, chosen by its extension, and solves it.
    package static func solve(
        file: String, library path: String, seconds: Double? = nil
    ) throws(LinearSolverError) -> (problem: LinearProblem, answer: LinearAnswer) {
        let session = try HighsSession(library: path)
        let problem = try session.read(file)
        return (problem, try session.solve(problem, seconds: seconds))
    }

    /// The version of the library at the path, for a check of the installation.
    package static func version(library path: String) throws(LinearSolverError) -> String {
        let library = try HighsLibrary(path: path)
        return String(cString: library.version())
    }
}
