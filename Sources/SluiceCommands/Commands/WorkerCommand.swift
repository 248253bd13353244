import ArgumentParser

/// `sluice worker`: drains the queue.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Runs what is queued, and takes up what a dead worker left.",
        discussion: "Example:\n  sluice worker --once")

    @Flag(help: "End when the queue is empty.")
    var once = false

    @Option(help: ArgumentHelp("End after this many seconds without work.", valueName: "seconds"))
    var idleExit: Double?

    func run() throws {
        let signals = RunSignals()
        let idle: Duration? = once ? .zero : idleExit.map { .milliseconds(Int64($0 * 1000)) }
        try Worker(services: .open(), installation: .current(), signals: signals, idleExit: idle).work()
    }
}
