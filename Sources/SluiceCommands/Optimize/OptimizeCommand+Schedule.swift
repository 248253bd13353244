import ArgumentParser
import BudgetOptimizer
import SluicePlanning
import SluiceReport

extension OptimizeCommand {
    /// `sluice optimize schedule`: a resource-constrained project from a file.
    struct Schedule: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Schedules a resource-constrained project in one or several modes.",
            discussion: """
                Reads PSPLIB and MMLIB files (.sm, .mm) as they are, and JSON. Without a limit it searches for 1 CPU second.

                Examples:
                  sluice optimize schedule j301_1.sm --json
                  sluice optimize schedule j1010_1.mm --schedules 50000 --seed 7 --gantt
                """)

        @Argument(help: "A project.", completion: .file(extensions: ["sm", "mm", "json"]))
        var file: String

        @Option(help: "CPU seconds of the search, without reading.")
        var timeLimit: Double?

        @Option(help: "Schedules that are made at most; the answer then repeats on every machine.")
        var schedules: Int?

        @Option(help: "Start of the random numbers.")
        var seed: UInt64 = 1

        @Flag(help: "Draws the schedule.")
        var gantt = false

        @OptionGroup var output: Output

        func validate() throws {
            if let timeLimit, !(timeLimit >= 0) {
                throw ValidationError("--time-limit is a number of seconds from 0 on")
            }
            if let schedules, schedules < 1 { throw ValidationError("--schedules is at least 1") }
        }

        func run() throws {
            let problem = try project()
            let started = OptimizeInput.cpuSeconds()
            let answer: ProjectAnswer
            do throws(ProjectProblemError) {
                answer = try ProjectSolver.solve(
                    problem, limits: .init(schedules: schedules, seconds: timeLimit), seed: seed,
                    clock: OptimizeInput.cpuSeconds)
            } catch {
                throw CommandFailure(.invalid, "\(file): \(error)")
            }
            let used = OptimizeInput.cpuSeconds() - started
            if output.json { return output.answer(ScheduleJSON(answer, cpuSeconds: used, seed: seed)) }
            tell(problem, answer, seconds: used)
        }

        private func project() throws(CommandFailure) -> ProjectProblem {
            let bytes = try OptimizeInput.bytes(at: file)
            switch OptimizeInput.kind(of: file) {
            case "json":
                do throws(GateFileError) { return try ProjectFile.read(bytes) } catch {
                    throw OptimizeInput.failure(file, error)
                }
            case "sm", "mm":
                // Headers of some published files are Latin-1: only words and numbers count.
                let text = String(decoding: bytes, as: UTF8.self)
                do throws(ProjectReader.Failure) { return try ProjectReader.read(text) } catch {
                    throw CommandFailure(.invalid, "\(file):\(error)")
                }
            default: throw CommandFailure(.invalid, "\(file): expected a file .sm, .mm or .json")
            }
        }

        private func tell(_ problem: ProjectProblem, _ answer: ProjectAnswer, seconds: Double) {
            let makespan = answer.makespan.map { "makespan \($0), " } ?? ""
            let rounded = (seconds * 1000).rounded() / 1000
            let head =
                "\(answer.status.rawValue): \(makespan)at least \(answer.lowerBound); \(answer.method), "
                + "\(answer.schedules) schedules, \(rounded) s"
            let bars = answer.start.indices.map { index in
                let duration = problem.activities[index].modes[answer.mode[index]].duration
                let mode = problem.activities[index].modes.count > 1 ? " mode \(answer.mode[index] + 1)" : ""
                return ScheduleText.Bar(name: "\(index + 1)\(mode)", start: answer.start[index], duration: duration)
            }
            let chart = gantt ? ScheduleText.lines(bars, width: output.width, style: output.style) : []
            output.answer([head] + chart)
        }
    }
}
