import ArgumentParser
import Glibc
import SluiceModel
import SluiceReport
import SluiceStore

extension RunsCommand {
    /// `sluice runs cancel`: ends a run, whoever drives it.
    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends runs that are queued, waiting or running, in whatever process.",
            discussion: """
                What runs gets its stages' grace; --now kills at once. Returns when they have ended, with 1 where one \
                had ended otherwise before.

                Example:
                  sluice runs cancel 42
                """)

        @Argument(help: ArgumentHelp("The runs' numbers.", valueName: "run"))
        var numbers: [Int64]

        @Flag(help: "Without the grace.")
        var now = false

        @Flag(help: "Only ask: return before they have ended.")
        var noWait = false

        @OptionGroup var output: Output

        func run() throws {
            let services = try StateServices.open()
            let runs = try numbers.map { try RunName.record(of: RunID($0), in: services).head }
            for head in runs where head.state != .ended {
                try services.store.requestCancellation(of: head.id, isImmediate: now, at: services.clock.now())
            }
            for head in runs { try end(head, services) }
            let heads = try runs.map { try services.store.head(of: $0.id) }
            if output.json { output.answer(RunsJSON(heads)) }
            let isMissed = heads.contains { $0.state == .ended && $0.outcome != .cancelled }
            if isMissed { throw ExitStatus.failed.code }
        }

        /// Waits for whoever drives it; ends it here where nobody does.
        private func end(_ head: RunHead, _ services: StateServices) throws {
            if let outcome = head.outcome {
                return output.tell(["sluice: run \(head.id) has ended: \(outcome.rawValue)"])
            }
            var hasTold = false
            while true {
                if let outcome = try services.store.head(of: head.id).outcome {
                    return output.tell(["sluice: run \(head.id) \(outcome.rawValue)"])
                }
                if try endHere(head, services) { continue }
                if !hasTold { output.tell(["sluice: run \(head.id) is being cancelled"]) }
                if noWait { return }
                hasTold = true
                usleep(100_000)
            }
        }

        /// False where another process drives it.
        private func endHere(_ head: RunHead, _ services: StateServices) throws -> Bool {
            let undriven = UndrivenRun(head: head, services: services)
            if try services.store.dropQueued(head.id, at: services.clock.now()) {
                undriven.unpin()
                return true
            }
            guard let lock = try RunLock.tryHold(head.id, in: services.folder) else { return false }
            try undriven.cancel(.user)
            withExtendedLifetime(lock) {}
            return true
        }
    }
}
