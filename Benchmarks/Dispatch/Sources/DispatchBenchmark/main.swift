import BudgetOptimizer
import Glibc

/// DispatchBenchmark [CASES] [SCHEDULES] [SIGMA]
let arguments = CommandLine.arguments.dropFirst().map { Double($0) ?? 0 }
let cases = arguments.count > 0 ? Int(arguments[0]) : 300
let schedules = arguments.count > 1 ? Int(arguments[1]) : 3_000
let sigmas = arguments.count > 2 ? [arguments[2]] : [0.1, 0.3, 0.5]

/// The makespan of the best schedule found by a search that knows how long everything takes.
func knowing(_ project: RandomProject) -> Int {
    var successors = project.expected.tasks.map { _ in [Int]() }
    for (index, task) in project.expected.tasks.enumerated() {
        for need in task.needs { successors[need].append(index) }
    }
    let activities = project.expected.tasks.enumerated().map { index, task in
        ProjectProblem.Activity(
            modes: [.init(duration: project.actual[index], renewable: task.demand.map { Int($0) })],
            successors: successors[index])
    }
    let problem = ProjectProblem(activities: activities, renewable: project.expected.capacities.map { Int($0) })
    let answer = try? ProjectSolver.solve(problem, limits: .init(schedules: schedules), seed: 1) { 0 }
    guard let makespan = answer?.makespan else { preconditionFailure("a project without totals has a schedule") }
    return makespan
}

func line(_ name: String, _ ratios: [Double]) -> String {
    let sorted = ratios.sorted()
    func text(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
    let mean = ratios.reduce(0, +) / Double(ratios.count)
    let p95 = sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
    return "| \(name) | \(ratios.count) | \(text(mean)) | \(text(sorted[sorted.count / 2])) | \(text(p95)) |"
}

let policies: [(name: String, policy: Playing.Policy)] = [
    ("Sluice", .sluice), ("first in, first out", .firstInFirstOut), ("critical path", .criticalPath),
]
var overall = policies.map { _ in [Double]() }
print("seeds 1...\(cases) for every shape and sigma; \(schedules) schedules for the one that knew")
print("| | cases | mean | median | p95 |\n|---|---|---|---|---|")
for sigma in sigmas {
    for shape in RandomProject.Shape.allCases {
        var ratios = policies.map { _ in [Double]() }
        var plans = 0
        for seed in 1...cases {
            let project = RandomProject(shape: shape, sigma: sigma, seed: UInt64(seed))
            let best = Double(knowing(project))
            for (index, entry) in policies.enumerated() {
                var playing = Playing(project, entry.policy)
                ratios[index].append(Double(playing.run()) / best)
                plans += playing.plans
            }
        }
        for (index, entry) in policies.enumerated() {
            print(line("\(shape.rawValue), sigma \(sigma): \(entry.name)", ratios[index]))
            overall[index] += ratios[index]
        }
        print("(\(Double(plans) / Double(cases)) plans a run)")
        fflush(nil)
    }
}
for (index, entry) in policies.enumerated() { print(line("all: \(entry.name)", overall[index])) }
