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

    /// What HiGHS itself understands of an MPS or CPLEX-LP file, chosen by its extension: what our readers are held
    /// against.
    package static func read(file: String, library path: String) throws(LinearSolverError) -> LinearProblem {
        try HighsSession(library: path).read(file)
    }

    /// The version of the library at the path, for a check of the installation.
    package static func version(library path: String) throws(LinearSolverError) -> String {
        let library = try HighsLibrary(path: path)
        return String(cString: library.version())
    }
}
