import ArgumentParser
import BudgetOptimizer
import SluiceModel
import SluicePlanning
import SluiceReport

extension OptimizeCommand {
    /// `sluice optimize gate`: the gate's decision over stages, budgets and capacities in a JSON file.
    struct Gate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decides whether stages fit budgets, capacities and a deadline, and says why not.",
            discussion: """
                Ends with 0 when they fit, 77 when they are refused.

                Example:
                  sluice optimize gate stages.json --json
                """)

        @Argument(help: "A JSON file of stages, budgets and capacities.", completion: .file(extensions: ["json"]))
        var file: String

        @OptionGroup var output: Output

        func run() throws {
            let bytes = try OptimizeInput.bytes(at: file)
            let task: GateFileTask
            do throws(GateFileErrors) { task = GateFileTask(try GateFile.read(bytes)) } catch {
                throw OptimizeInput.failure(file, error.all, in: bytes)
            }
            let started = OptimizeInput.wallSeconds()
            let answer: GateAnswer
            do throws(GateProblemError) { answer = try BudgetOptimizer.Gate.decide(task.problem) } catch {
                throw OptimizeInput.failure(file, [task.error(of: error)], in: bytes)
            }
            let decided = GateFileDecision(task, answer)
            tell(decided, task, answer, seconds: OptimizeInput.wallSeconds() - started)
            if decided.decision.verdict == .refuse { throw ExitStatus.refused.code }
            if decided.decision.verdict == .wait { throw ExitStatus.held.code }
        }

        private func tell(_ decided: GateFileDecision, _ task: GateFileTask, _ answer: GateAnswer, seconds: Double) {
            guard output.json else {
                let rows = decided.choice.map {
                    GateText.Row(stage: $0.stage, profile: $0.profile, start: $0.start, duration: $0.duration)
                }
                output.answer(GateText.lines(decided.decision, rows, width: output.width, style: output.style))
                return
            }
            let curve = GateFileWhatIf.curve(task, answer).map {
                GateJSON.WhatIf(limit: $0.limit, value: $0.value, objective: $0.objective, isProved: $0.isProved)
            }
            output.answer(
                GateJSON(
                    decided.decision,
                    choice: Dictionary(decided.choice.map { ($0.stage, $0.profile) }) { first, _ in first },
                    start: Dictionary(decided.choice.map { ($0.stage, $0.start) }) { first, _ in first },
                    whatIf: curve, certificate: decided.certificate, leastExtra: decided.leastExtra, seconds: seconds))
        }
    }
}
