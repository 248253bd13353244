import BudgetOptimizer

/// Deviation above the best-known makespans of a folder of instances with its `bks.csv`.
enum ScheduleBenchmark {
    struct Entry {
        var name: String
        var problem: ProjectProblem
        var upper: Int
        var criticalPath: Int
    }

    static func run(folder: String, suffix: String, limits: ProjectLimits, seeds: Int) {
        let entries = load(folder: folder, suffix: suffix)
        var deviations: [Double] = []
        var aboveCriticalPath: [Double] = []
        var proved = 0
        var schedules = 0
        var perSeed: [Double] = []
        for seed in 1...seeds {
            var sum = 0.0
            for entry in entries {
                guard
                    let answer = try? ProjectSolver.solve(
                        entry.problem, limits: limits, seed: UInt64(seed), clock: CPUClock.seconds),
                    let makespan = answer.makespan, answer.status != .limit
                else {
                    print("\(entry.name): no schedule")
                    sum += 100
                    deviations.append(100)
                    continue
                }
                let deviation = Double(makespan - entry.upper) / Double(max(1, entry.upper)) * 100
                sum += deviation
                deviations.append(deviation)
                aboveCriticalPath.append(
                    Double(makespan - entry.criticalPath) / Double(max(1, entry.criticalPath)) * 100)
                proved += answer.status == .optimal ? 1 : 0
                schedules += answer.schedules
            }
            perSeed.append(sum / Double(max(1, entries.count)))
        }
        let runs = max(1, deviations.count)
        print(
            "\(folder.split(separator: "/").last ?? ""): median over seeds \(perSeed.median.fixed(3)) % above best known "
                + "(\(perSeed.map { $0.fixed(3) }.joined(separator: ", "))), above critical path "
                + "\(aboveCriticalPath.mean.fixed(2)) %, proved \(proved)/\(runs), schedules \(schedules / runs)")
    }

    static func load(folder: String, suffix: String) -> [Entry] {
        let lines = (TextFile.read(folder + "/bks.csv") ?? "").split(whereSeparator: \.isNewline).dropFirst()
        return lines.compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 5, let upper = Int(fields[2]),
                let text = TextFile.read("\(folder)/\(fields[0]).\(suffix)")
            else {
                print("cannot read \(line)")
                return nil
            }
            do {
                let problem = try ProjectReader.read(text)
                return Entry(
                    name: String(fields[0]), problem: problem, upper: upper, criticalPath: Int(fields[4]) ?? upper)
            } catch {
                print("\(fields[0]): \(error)")
                return nil
            }
        }
    }
}
