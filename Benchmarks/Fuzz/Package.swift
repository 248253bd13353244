// swift-tools-version: 6.1
import PackageDescription

// Compiles the readers from their own sources (the folders are links), because their interface is `package` and stays
// so. Of the planning layer only what reads files is built.
let package = Package(
    name: "sluice-reader-fuzz",
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.2.2")],
    targets: [
        .target(name: "CTickBits"),
        .target(name: "BudgetOptimizer", dependencies: ["CTickBits"]),
        .target(name: "SluiceModel"),
        .target(name: "PluginContract"),
        .target(
            name: "SluicePlanning", dependencies: ["SluiceModel", "BudgetOptimizer", "Yams"],
            sources: [
                "Definition", "Expressions", "Manifest", "Operator", "Optimize", "Planning/MatrixExpansion.swift",
                "Source",
            ]),
        .target(name: "HookInput", dependencies: ["SluiceModel"]),
        .executableTarget(
            name: "ReaderFuzz",
            dependencies: ["BudgetOptimizer", "SluiceModel", "PluginContract", "SluicePlanning", "HookInput"]),
    ],
    swiftLanguageModes: [.v6]
)
