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

        @Flag(help: "Draws the schedule in the terminal.")
        var gantt = false

        @Option(help: "Writes the schedule as a picture into this file.", completion: .file(extensions: ["svg"]))
        var svg: String?

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
            let reasons = answer.status == .infeasible ? problem.impossible.map(\.description) : []
            if let svg, answer.makespan != nil {
                let lines = ScheduleSVG.lines(picture(problem, answer))
                try WantedFile(path: svg).write(lines)
            }
            if output.json {
                return output.answer(ScheduleJSON(problem, answer, reasons, cpuSeconds: used, seed: seed))
            }
            tell(problem, answer, reasons, seconds: used)
        }

        private func project() throws(CommandFailure) -> ProjectProblem {
            let bytes = try OptimizeInput.bytes(at: file)
            switch OptimizeInput.kind(of: file) {
            case "json":
                do throws(GateFileErrors) { return try ProjectFile.read(bytes) } catch {
                    throw OptimizeInput.failure(file, error.all, in: bytes)
                }
            case "sm", "mm":
                do throws(TextFailure) { return try ProjectReader.read(bytes) } catch {
                    throw OptimizeInput.failure(file, error, in: bytes)
                }
            default: throw CommandFailure(.invalid, "\(file): expected a file .sm, .mm or .json")
            }
        }

        private func tell(
            _ problem: ProjectProblem, _ answer: ProjectAnswer, _ reasons: [String], seconds: Double
        ) {
            let bound = "at least \(answer.lowerBound) (\(answer.boundMethod))"
            let makespan = answer.makespan.map { "makespan \($0), \(bound); " } ?? ""
            let rounded = (seconds * 1000).rounded() / 1000
            let head =
                "\(answer.status.rawValue): \(makespan)\(answer.method), \(answer.schedules) schedules, \(rounded) s"
            let bars = bars(problem, answer).map { bar in
                let pool = problem.activities[bar.number - 1].modes[answer.mode[bar.number - 1]].pool
                let mode = pool.map { " \(problem.pools[$0])" } ?? bar.mode.map { " mode \($0)" } ?? ""
                return ScheduleText.Bar(name: "\(bar.number)\(mode)", start: bar.start, duration: bar.duration)
            }
            let chart = gantt ? ScheduleText.lines(bars, width: output.width, style: output.style) : []
            let more = reasons.count > Self.mostReasons ? ["  and \(reasons.count - Self.mostReasons) more"] : []
            output.answer([head] + reasons.prefix(Self.mostReasons).map { "  " + $0 } + more + chart)
        }

        private static let mostReasons = 10

        private func picture(_ problem: ProjectProblem, _ answer: ProjectAnswer) -> SchedulePicture {
            SchedulePicture(
                title: file.split(separator: "/").last.map(String.init) ?? file,
                note: "\(answer.method), \(answer.schedules) schedules, seed \(seed)", lowerBound: answer.lowerBound,
                bars: bars(problem, answer), capacities: problem.renewable)
        }

        private func bars(_ problem: ProjectProblem, _ answer: ProjectAnswer) -> [SchedulePicture.Bar] {
            answer.start.indices.map { index in
                let modes = problem.activities[index].modes
                let mode = modes[answer.mode[index]]
                return .init(
                    number: index + 1, mode: modes.count > 1 ? answer.mode[index] + 1 : nil, start: answer.start[index],
                    duration: mode.duration, requests: mode.renewable)
            }
        }
    }
}
