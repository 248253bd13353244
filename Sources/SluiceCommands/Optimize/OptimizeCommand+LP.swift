import ArgumentParser
import BudgetOptimizer
import SluicePlanning
import SluiceReport

extension OptimizeCommand {
    /// `sluice optimize lp`: a linear or mixed-integer program by HiGHS.
    struct LP: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Solves a linear or mixed-integer program, or judges a point of it.",
            discussion: """
                Reads MPS, CPLEX-LP and JSON, by the file's extension.

                Examples:
                  sluice optimize lp model.mps --json
                  sluice optimize lp model.json --check point.json
                """)

        @Argument(help: "A model in MPS, CPLEX-LP or JSON.", completion: .file(extensions: ["mps", "lp", "json"]))
        var file: String

        @Option(help: "Seconds after which the search ends.")
        var timeLimit: Double?

        @Option(help: "Judges the point in this JSON file and solves nothing.", completion: .file(extensions: ["json"]))
        var check: String?

        @OptionGroup var output: Output

        func validate() throws {
            if let timeLimit, !(timeLimit >= 0) {
                throw ValidationError("--time-limit is a number of seconds from 0 on")
            }
        }

        func run() throws {
            let problem = try problem()
            if let check { return try judge(check, problem) }
            let library = try HighsLocation.find().path
            let started = OptimizeInput.wallSeconds()
            let answer = try solve(problem, library: library)
            tell(problem, answer, seconds: OptimizeInput.wallSeconds() - started)
        }

        private func problem() throws(CommandFailure) -> LinearProblem {
            let bytes = try OptimizeInput.bytes(at: file)
            switch OptimizeInput.kind(of: file) {
            case "json":
                do throws(GateFileErrors) { return try LinearFile.read(bytes) } catch {
                    throw OptimizeInput.failure(file, error.all, in: bytes)
                }
            case "mps", "lp":
                do throws(TextFailure) {
                    return try OptimizeInput.kind(of: file) == "lp" ? LPReader.read(bytes) : MPSReader.read(bytes)
                } catch {
                    throw OptimizeInput.failure(file, error, in: bytes)
                }
            default: throw CommandFailure(.invalid, "\(file): expected a file .mps, .lp or .json")
            }
        }

        private func solve(_ problem: LinearProblem, library: String) throws(CommandFailure) -> LinearAnswer {
            do throws(LinearSolverError) {
                return try LinearSolver.solve(problem, library: library, seconds: timeLimit)
            } catch {
                switch error {
                case .unreadable, .invalid: throw CommandFailure(.invalid, "\(file): \(error)")
                case .missing, .incompatible:
                    throw CommandFailure(.unavailable, error.description, hint: HighsLocation.hint)
                case .failed: throw CommandFailure(.internalError, error.description)
                }
            }
        }

        // MARK: A given point

        private func judge(_ path: String, _ problem: LinearProblem) throws {
            let bytes = try OptimizeInput.bytes(at: path)
            let x: [Double]
            do throws(GateFileErrors) { x = try LinearFile.point(bytes, of: problem) } catch {
                throw OptimizeInput.failure(path, error.all, in: bytes)
            }
            let violations = problem.violations(of: x)
            let objective = problem.objective(at: x)
            if output.json { return output.answer(LinearCheckJSON(violations, objective: objective)) }
            let head = violations.isEmpty ? "feasible" : "infeasible: \(violations.count) broken"
            output.answer(["\(head), objective \(HumanUnits.number(objective))"] + violations.map(Self.line))
        }

        /// "  r1: 4 is above 2 by 2"
        private static func line(_ violation: LinearProblem.Violation) -> String {
            let (value, amount) = (HumanUnits.number(violation.value), HumanUnits.number(violation.amount))
            let fault =
                if violation.value > violation.upper {
                    "above \(HumanUnits.number(violation.upper)) by \(amount)"
                } else if violation.value < violation.lower {
                    "below \(HumanUnits.number(violation.lower)) by \(amount)"
                } else {
                    "no whole number"
                }
            return "  \(violation.name): \(value) is \(fault)"
        }

        // MARK: An answer

        private func tell(_ problem: LinearProblem, _ answer: LinearAnswer, seconds: Double) {
            if output.json { return output.answer(LinearJSON(problem, answer, seconds: seconds)) }
            var lines = [
                answer.status.rawValue + (answer.objective.map { ", objective " + HumanUnits.number($0) } ?? "")
            ]
            lines += Self.nonzero("", problem.columns.map(\.name), answer.x)
            lines += Self.nonzero("dual ", problem.rows.map(\.name), answer.duals)
            lines += Self.nonzero("reduced cost ", problem.columns.map(\.name), answer.reducedCosts)
            let names = answer.status == .infeasible ? problem.rows.map(\.name) : problem.columns.map(\.name)
            if answer.status == .infeasible, problem.isInfeasible(by: answer.ray) {
                lines.append("  proof: these multiples of the rows contradict the bounds (Farkas), verified")
            }
            lines += Self.nonzero("ray ", names, answer.ray)
            if answer.status == .infeasible { lines += problem.crossed.map { "  " + $0 } }
            output.answer(lines)
        }

        private static func nonzero(_ kind: String, _ names: [String], _ values: [Double]) -> [String] {
            zip(names, values).filter { $1 != 0 }.map { "  \(kind)\($0) = \(HumanUnits.number($1))" }
        }
    }
}
