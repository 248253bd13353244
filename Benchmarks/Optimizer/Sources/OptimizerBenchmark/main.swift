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
case "fuzz" where arguments.count >= 3:
    ReaderFuzz.run(file: arguments[1], count: Int(arguments[2]) ?? 1000, seed: 1)
case "huge":
    HugeGateBenchmark.run()
default:
    print("usage: OptimizerBenchmark gate [SEEDS] | schedule|schedules FOLDER SUFFIX MILLISECONDS|COUNT [SEEDS]")
}
