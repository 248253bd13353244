// swift-tools-version: 6.1
import PackageDescription

// Compiles the optimizer from its own sources (Sources/BudgetOptimizer is a link), because its interface is
// `package` and stays so.
let package = Package(
    name: "sluice-optimizer-benchmark",
    targets: [
        .target(name: "CTickBits"),
        .target(name: "BudgetOptimizer", dependencies: ["CTickBits"]),
        .executableTarget(name: "OptimizerBenchmark", dependencies: ["BudgetOptimizer"]),
    ],
    swiftLanguageModes: [.v6]
)
