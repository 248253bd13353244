import ArgumentParser
import SluiceModel
import SluiceStore

extension RunsCommand {
    /// `sluice runs resume`: goes on with a run here that nobody drives.
    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Goes on with a run that is queued, waiting, or left by a dead runner.",
            discussion: """
                In the foreground, where its record ends; it ends like `sluice run`.

                Example:
                  sluice runs resume 42
                """)

        @OptionGroup var named: NamedRun

        @OptionGroup var output: Output

        func run() throws {
            let signals = RunSignals()
            let services = try StateServices.open()
            let head = try named.record(in: services).head
            guard head.state != .ended else {
                throw CommandFailure(.usage, "run \(head.id) has ended", hint: "sluice runs retry \(head.id)")
            }
            guard !head.revision.isWorktree else {
                throw CommandFailure(
                    .usage, "run \(head.id) ran the uncommitted state, which may have changed since",
                    hint: "sluice runs cancel \(head.id); sluice run --worktree")
            }
            let context = try RepositoryContext.open(at: head.repository.gitDirectory)
            let claimed = try services.store.claim(head.id, at: services.clock.now())
            let record = claimed == nil ? try services.store.record(of: head.id) : nil
            let run = ForegroundRun(context: context, services: services, signals: signals, output: output)
            defer { UndrivenRun(head: head, services: services).unpin() }
            try run.carryOut(claimed ?? head, from: record)
        }
    }
}
