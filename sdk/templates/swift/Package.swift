// swift-tools-version: 6.1
import PackageDescription

// `Sources/PluginContract` is Sluice's SDK, copied: nothing has to be fetched.
let package = Package(
    name: "@NAME@",
    targets: [
        .target(name: "PluginContract"),
        .executableTarget(name: "@NAME@", dependencies: ["PluginContract"]),
    ]
)
