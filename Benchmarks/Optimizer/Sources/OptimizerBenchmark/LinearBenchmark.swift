import BudgetOptimizer
import Glibc

/// The reference programs of a folder against `optima.csv`.
enum LinearBenchmark {
    static func run(folder: String) {
        guard let library = getenv("SLUICE_HIGHS").map({ String(cString: $0) }) else {
            return print("set SLUICE_HIGHS to the path of libhighs")
        }
        for line in (TextFile.read(folder + "/optima.csv") ?? "").split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 6 else { continue }
            do {
                let text = TextFile.read("\(folder)/\(fields[0]).mps") ?? ""
                let (found, seconds) = try CPUClock.measure {
                    let problem = try MPSReader.read(Array(text.utf8))
                    return (problem: problem, answer: try LinearSolver.solve(problem, library: library))
                }
                let expected = Double(fields[5])
                let isEqual = expected.map {
                    ((found.answer.objective ?? .nan) - $0).magnitude <= 1e-6 * max(1, $0.magnitude)
                }
                let proof = found.answer.status == .infeasible ? found.problem.isInfeasible(by: found.answer.ray) : true
                let broken =
                    found.answer.x.isEmpty ? 0 : found.problem.violations(of: found.answer.x, tolerance: 1e-6).count
                print(
                    "\(fields[0]): \(found.answer.status) (expected \(fields[4])), equal \(isEqual ?? true), proof \(proof), "
                        + "violations \(broken), \((seconds * 1000).fixed(1)) ms")
            } catch {
                print("\(fields[0]): \(error)")
            }
        }
    }
}
