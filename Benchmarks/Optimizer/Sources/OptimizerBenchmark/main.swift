let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "gate" || arguments.isEmpty {
    GateBenchmark.run(seeds: 3)
}
