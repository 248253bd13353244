import ArgumentParser
import SluiceModel
import SluiceStore

extension AttemptCommand {
    /// `sluice attempt stage`: what an exported pipeline calls.
    struct OfStage: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stage",
            abstract: "Runs one attempt at one stage for an engine that keeps the order; exported pipelines call it.",
            discussion: """
                What the stage needs comes from the exchange, and what it makes goes there. Ends with 0 when the stage \
                ended well, 75 when it failed and the pipeline's `retry` wants it tried again, 1 when it failed for \
                good. A stage that has ended well is not run again in the same exchange.

                Example:
                  sluice attempt stage 'train[model=forest]' --exchange /shared/run-7
                """)

        @Argument(
            help: "The stage, of a matrix the instance: its name as `sluice plan` shows it, or that as JSON text.")
        var stage: String

        @Option(help: ArgumentHelp("The pipeline; may be left out when there is only one.", valueName: "name"))
        var pipeline: String?

        @Option(help: ArgumentHelp("The commit.", valueName: "rev"))
        var revision = "HEAD"

        /// The next word is the value, whatever it is: engines fill in an empty one where nobody said anything.
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("The reference that the commit is run for; it must lead to it.", valueName: "ref"))
        var reference: String?

        @Option(help: ArgumentHelp("The repository; else the one that we are in.", valueName: "dir"))
        var repository = "."

        @Option(help: ArgumentHelp("The folder that all stages of the run share.", valueName: "dir"))
        var exchange: String

        @Option(
            help: ArgumentHelp(
                "A state folder that stages share: cache, records and accounts hold then.", valueName: "dir"))
        var state: String?

        @Option(
            help: ArgumentHelp(
                "Remove exchanges beside this one, in the same folder, that nobody has used for so many days.",
                valueName: "days"))
        var keepDays: Int?

        /// As with `reference`.
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("What counts as changed since this commit.", valueName: "rev"))
        var changedSince: String?

        @Option(
            name: .customLong("set"), help: ArgumentHelp("Override a param: JSON, else a string.", valueName: "k=v"))
        var overrides: [String] = []

        @Option(help: "Use this profile.")
        var profile: String?

        @Option(help: ArgumentHelp("What to end with when the stage was skipped.", valueName: "status"))
        var skipStatus: Int32 = 0

        func validate() throws {
            try choice.validate()
            if let keepDays, keepDays < 1 { throw ValidationError("--keep-days wants a number of days, at least 1") }
        }

        func run() throws {
            let signals = RunSignals()
            let place = try Self.absolute(repository)
            let context = try RepositoryContext.open(at: place).placingAllHere
            let opened = try open(in: context)
            let definition = try choice.definition(in: opened)
            var options = try choice.options(in: context)
            let identity = ExchangeIdentity(
                pipeline: definition.name, commit: opened.revision.oid, reference: opened.revision.reference,
                options: options)
            let name = OverrideValue.parse(stage).stringValue ?? stage
            options.stages = [StageNames.base(of: name)]
            let shared = try Exchange.open(Self.absolute(exchange), for: identity)
            guard let lock = try shared.tryHold(name) else {
                throw CommandFailure(.held, "another process is at work on \(name)")
            }
            defer { withExtendedLifetime(lock) {} }
            let services =
                try state.map { try StateServices.open(home: Self.absolute($0)) } ?? .openTemporary(for: shared)
            defer { services.close() }
            let begun = try services.store.begin(
                NewRun(
                    pipeline: definition.name, path: definition.source.path, repository: context.repository,
                    revision: opened.revision, trigger: .manual, options: options), at: services.clock.now())
            defer { withExtendedLifetime(begun.lock) {} }
            let attempt = StageAttempt(
                context: context, exchange: shared, services: services, installation: .current(), signals: signals,
                stage: name)
            let ending = try attempt.run(
                begun.head, observers: [PlainObserver(style: Output.style(forTerminal: false), showsLogs: true)])
            if let keepDays { shared.removeUnusedNeighbours(after: .seconds(keepDays * 86_400)) }
            try end(ending, name)
        }

        private func end(_ ending: StageAttempt.Ending, _ name: String) throws {
            switch ending {
            case .well: break
            case .skipped: if skipStatus != 0 { throw ExitCode(skipStatus) }
            case .failed(mayRetry: true): throw CommandFailure(.held, "\(name) failed, and is to be tried again")
            case .failed(mayRetry: false): throw ExitStatus.failed.code
            case .stopped(let status): throw status.code
            }
        }

        /// A checkout for one commit often has no branch: the engine says which it runs for, and git whether that is true.
        private func open(in context: RepositoryContext) throws -> OpenRevision {
            var opened = try RevisionOpener(context: context).open(named: revision)
            guard let reference, !reference.isEmpty else { return opened }
            let copies = [
                reference, reference.replacing("refs/heads/", with: "refs/remotes/origin/", maxReplacements: 1),
            ]
            guard context.git.isReachable(opened.revision.oid, from: { copies.contains($0.name) }) else {
                throw CommandFailure(
                    .storage, "\(opened.revision.oid.short) is not on \(reference) in this repository",
                    hint: "fetch the reference, or leave --reference out")
            }
            opened.revision.reference = Reference(reference)
            opened.revision.isTrusted = context.isTrusted(Reference(reference))
            return opened
        }

        private var choice: PipelineChoice {
            let since = changedSince.flatMap { $0.isEmpty ? nil : $0 }
            return PipelineChoice(
                pipeline: pipeline, revision: revision, changedSince: since, overrides: overrides, profile: profile)
        }

        private static func absolute(_ path: String) throws -> String { try Files.absolute(path) }
    }
}
