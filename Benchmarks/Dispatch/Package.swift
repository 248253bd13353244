// swift-tools-version: 6.1
import PackageDescription

// Compiles the optimizer from its own sources (Sources/BudgetOptimizer and CTickBits are links), because its interface is
// `package` and stays so.
let package = Package(
    name: "sluice-dispatch-benchmark",
    targets: [
        .target(name: "CTickBits"),
        .target(name: "BudgetOptimizer", dependencies: ["CTickBits"]),
        .executableTarget(name: "DispatchBenchmark", dependencies: ["BudgetOptimizer"]),
    ],
    swiftLanguageModes: [.v6]
)
