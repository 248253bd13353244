import BudgetOptimizer

/// OptimizerBenchmark gate [SEEDS] | schedule FOLDER SUFFIX MILLISECONDS [SEEDS]
/// | schedules FOLDER SUFFIX COUNT [SEEDS]
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "gate":
    GateBenchmark.run(seeds: arguments.count > 1 ? Int(arguments[1]) ?? 3 : 3)
case "schedule" where arguments.count >= 4:
    ScheduleBenchmark.run(
        folder: arguments[1], suffix: arguments[2],
        limits: ProjectLimits(seconds: (Double(arguments[3]) ?? 100) / 1000),
        seeds: arguments.count > 4 ? Int(arguments[4]) ?? 3 : 3)
case "schedules" where arguments.count >= 4:
    ScheduleBenchmark.run(
        folder: arguments[1], suffix: arguments[2], limits: ProjectLimits(schedules: Int(arguments[3]) ?? 5000),
        seeds: arguments.count > 4 ? Int(arguments[4]) ?? 3 : 3)
case "large":
    LargeProjectBenchmark.run(seeds: 5)
case "lp" where arguments.count >= 2:
    LinearBenchmark.run(folder: arguments[1])
case "each" where arguments.count >= 5:
    CompareOutput.schedules(
        folder: arguments[1], suffix: arguments[2],
        limits: ProjectLimits(seconds: (Double(arguments[3]) ?? 100) / 1000), seed: UInt64(arguments[4]) ?? 1)
case "gates" where arguments.count >= 6:
    CompareOutput.gates(
        into: arguments[1], stages: Int(arguments[2]) ?? 50, profiles: Int(arguments[3]) ?? 3,
        budgets: Int(arguments[4]) ?? 4, count: Int(arguments[5]) ?? 20)
case "huge":
    HugeGateBenchmark.run()
default:
    print("usage: OptimizerBenchmark gate [SEEDS] | schedule|schedules FOLDER SUFFIX MILLISECONDS|COUNT [SEEDS]")
}
