import ArgumentParser

/// `sluice worker`: drains the queue.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Runs what is queued, and takes up what a dead worker left.",
        discussion: """
            A worker carries out one run at a time; several of one state folder share its queue.

            Examples:
              sluice worker
              sluice worker --once
            """)

    @Flag(help: "End when the queue is empty.")
    var once = false

    @Option(help: ArgumentHelp("End after this many seconds without work.", valueName: "seconds"))
    var idleExit: Double?

    @Flag(help: "End at once when another worker is there; what hooks start.")
    var alone = false

    func validate() throws {
        if let idleExit, !(0...1e9).contains(idleExit) { throw ValidationError("--idle-exit wants seconds") }
    }

    func run() throws {
        let signals = RunSignals()
        let idle: Duration? = once ? .zero : idleExit.map { .milliseconds(Int64($0 * 1000)) }
        let worker = Worker(
            services: try .open(), installation: .current(), signals: signals, idleExit: idle, isAlone: alone)
        try worker.work()
    }
}
