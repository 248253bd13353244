import ArgumentParser
import SluiceModel
import SluiceStore

extension RunsCommand {
    /// `sluice runs retry`: the same commit, pipeline and options once more, in the foreground.
    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs an ended run's commit once more; what succeeded comes from the cache.",
            discussion: """
                A new run in the foreground, which ends like `sluice run`.

                Example:
                  sluice runs retry 42
                """)

        @OptionGroup var named: NamedRun

        @OptionGroup var output: Output

        func run() throws {
            let signals = RunSignals()
            let services = try StateServices.open()
            let old = try named.record(in: services).head
            guard old.state == .ended else {
                throw CommandFailure(
                    .usage, "run \(old.id) has not ended", hint: "sluice runs cancel \(old.id), or wait for it")
            }
            guard !old.revision.isWorktree else {
                throw CommandFailure(
                    .usage, "run \(old.id) ran the uncommitted state, which nobody kept", hint: "sluice run --worktree")
            }
            let context = try RepositoryContext.open(at: old.repository.gitDirectory)
            let again = NewRun(
                pipeline: old.pipeline, path: old.path, repository: old.repository,
                revision: try RevisionOpener(context: context).asTrustedNow(old.revision), trigger: old.trigger,
                previous: old.previous, options: old.options)
            let begun = try services.store.begin(again, at: services.clock.now())
            output.tell(["sluice: run \(begun.head.id) retries run \(old.id)"])
            try ForegroundRun(context: context, services: services, signals: signals, output: output).carryOut(begun)
        }
    }
}
