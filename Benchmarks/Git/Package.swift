// swift-tools-version: 6.1
import PackageDescription

// Compiles the git edge from its own sources (the folders are links), because its interface is `package` and stays so.
let package = Package(
    name: "sluice-git-benchmark",
    targets: [
        .target(name: "SluiceModel"),
        .systemLibrary(name: "Clibgit2", pkgConfig: "libgit2"),
        .target(name: "SluiceGit", dependencies: ["SluiceModel", "Clibgit2"]),
        .executableTarget(name: "GitBenchmark", dependencies: ["SluiceGit", "SluiceModel"]),
    ],
    swiftLanguageModes: [.v6]
)
