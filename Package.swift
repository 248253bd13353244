// swift-tools-version: 6.1
import PackageDescription

/// One line of flags for every target: what compiles with a warning does not compile.
let strict: [SwiftSetting] = [
    .unsafeFlags(["-warnings-as-errors"])
]

/// The import table of docs/ARCHITECTURE.md; a build with `--explicit-target-dependency-import-check error` and
/// `ArchitectureTests` hold it.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// Fixtures are read where they lie in the sources, so that they can be recorded anew in place.
func tests(_ name: String, _ dependencies: [Target.Dependency], hasFixtures: Bool = false) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: hasFixtures ? ["Fixtures"] : [], swiftSettings: strict)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .library(name: "PluginContract", targets: ["PluginContract"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // L0
        module("SluiceModel"),
        .target(name: "CTickBits"),
        module("BudgetOptimizer", ["CTickBits"]),
        module("PluginContract"),
        // L1
        module("SluicePlanning", ["SluiceModel", "BudgetOptimizer", "Yams", crypto]),
        // L2, core
        module("SluiceEngine", ["SluiceModel", "BudgetOptimizer", "SluicePlanning"]),
        module("SluiceReport", ["SluiceModel"]),
        module("SluiceExport", ["SluiceModel", "SluicePlanning"]),
        // L2, edges
        .systemLibrary(
            name: "Clibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
        module("SluiceGit", ["SluiceModel", "Clibgit2"]),
        module(
            "SluiceStore", ["SluiceModel", "CSluiceProcess", .product(name: "GRDB", package: "GRDB.swift"), crypto]),
        .target(name: "CSluiceProcess"),
        module("SluiceExecution", ["SluiceModel", "PluginContract", "CSluiceProcess", crypto]),
        // L3 and L4
        module(
            "SluiceCommands",
            [
                "SluiceModel", "BudgetOptimizer", "SluicePlanning", "SluiceEngine", "SluiceReport", "SluiceGit",
                "SluiceStore", "SluiceExecution", "SluiceExport", arguments,
            ]),
        .executableTarget(name: "sluice", dependencies: ["SluiceCommands"], swiftSettings: strict),
        // What `plugin new --language swift` copies, so that it is compiled and tested.
        .executableTarget(
            name: "CountLines", dependencies: ["PluginContract"], path: "sdk/templates/swift/Sources/@NAME@",
            swiftSettings: strict),
        // Tests
        .target(name: "SluiceTesting", dependencies: ["SluiceModel"], swiftSettings: strict),
        tests("ArchitectureTests", []),
        tests("BudgetOptimizerTests", ["BudgetOptimizer"], hasFixtures: true),
        tests("PluginContractTests", ["PluginContract"]),
        tests(
            "SluicePlanningTests", ["SluicePlanning", "SluiceModel", "BudgetOptimizer", "SluiceTesting"],
            hasFixtures: true),
        tests("SluiceEngineTests", ["SluiceEngine", "SluicePlanning", "SluiceModel", "SluiceTesting"]),
        tests("SluiceReportTests", ["SluiceReport", "SluiceModel", "SluiceTesting"], hasFixtures: true),
        tests(
            "SluiceExportTests",
            [
                "SluiceExport", "SluicePlanning", "SluiceModel", "SluiceTesting",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests("SluiceGitTests", ["SluiceGit", "SluiceModel", "SluiceTesting"]),
        tests(
            "SluiceStoreTests",
            ["SluiceStore", "SluiceModel", "SluiceTesting", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            "SluiceExecutionTests",
            ["SluiceExecution", "SluiceModel", "PluginContract", "CSluiceProcess", "SluiceTesting"],
            hasFixtures: true),
        tests(
            "EndToEndTests",
            ["SluiceTesting", "SluiceStore", "SluiceModel", "sluice", .product(name: "Yams", package: "Yams")],
            hasFixtures: true),
    ],
    swiftLanguageModes: [.v6]
)
