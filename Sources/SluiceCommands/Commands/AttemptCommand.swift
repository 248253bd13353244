import ArgumentParser
import SluiceExecution
import SluiceModel

/// `sluice attempt`: what an engine starts on a node.
struct AttemptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attempt",
        abstract: "Runs one attempt on this node; engines call it, people need not.",
        discussion: """
            Examples:
              sluice attempt /shared/a/request.json /shared/a/result.json
              sluice attempt stage prepare --exchange /shared/run-7
            """,
        subcommands: [OfRequest.self, OfStage.self, OfAllocation.self], defaultSubcommand: OfRequest.self)

    /// `sluice attempt REQUEST RESULT`: of a run that goes on elsewhere.
    struct OfRequest: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "request",
            abstract: "Runs what a runner wrote down, and leaves the result in a file; the default.",
            discussion: """
                What it says comes line by line into RESULT.events. SIGTERM cancels it with the contract's grace, a \
                second one at once. Whatever the plugin's end, the status is 0 when the result is written, and 75 when \
                another process has run the request already.

                Example:
                  sluice attempt /shared/a/request.json /shared/a/result.json
                """)

        @Argument(help: "The attempt's request: JSON, mode 0600.")
        var request: String

        @Argument(help: "Where its result goes.")
        var result: String

        @Option(help: "A folder with its secrets, a file each; default: RESULT.secrets, which is removed.")
        var secrets: String?

        @Option(help: "A file that is there, for as much of the result as 4096 bytes hold.")
        var message: String?

        @Option(help: "Seconds to wait after the result until RESULT.fetched is there; default: 0.")
        var hold: Int64 = 0

        func run() throws {
            let files = AttemptFiles(request: request, result: result)
            let node = NodeAttempt(files: files, secrets: secrets, message: message, hold: hold)
            let cancellation = Cancellation()
            RunSignals().forward(to: { node.stop(cancellation, signalled: $0, killNow: $1) })
            switch node.run(cancellation: cancellation) {
            case .written: break
            case .claimed: throw CommandFailure(.held, "another process has run \(request)")
            case .failed(let message): throw CommandFailure(.unavailable, message)
            }
        }
    }

    /// `sluice attempt allocation FOLDER`: the batch script of a Slurm job for many attempts.
    struct OfAllocation: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "allocation",
            abstract: "Runs attempts as steps of the Slurm job that it is in, until none comes any more.",
            discussion: """
                The folder is where a runner hands them over, and goes with its run.

                Example:
                  sluice attempt allocation /shared/sluice-4f/runs/7/.allocation-9c
                """)

        @Argument(help: "The allocation's folder.")
        var folder: String

        func run() throws {
            let signals = RunSignals()
            signals.forward(to: { _, _ in })
            let holder = AllocationHolder(
                folder: folder, searchPath: ProcessEnvironment.searchPath, isStopped: { signals.hasArrived })
            guard let holder else { throw CommandFailure(.unavailable, "\(folder) is not the folder of an allocation") }
            holder.run()
        }
    }
}
