import ArgumentParser
import SluiceModel
import SluiceStore

/// `sluice run`: plan, gate and execute in the foreground.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Plans, gates and runs a pipeline, and shows it while it runs.",
        discussion: """
            Ctrl-C cancels with the stages' grace; twice kills at once.

            Examples:
              sluice run
              sluice run breast-cancer --set seed=7
              sluice run --worktree --stage train
              sluice run --events - | jq .type
            """)

    @OptionGroup var meaning: Meaning

    @Flag(help: "Go on with stages that do not depend on a failed one.")
    var keepGoing = false

    @Flag(help: "End with 75 instead of waiting for accounts that have no room now.")
    var noWait = false

    @Option(help: ArgumentHelp("Print every event as a line of JSON on stdout: `-`.", valueName: "-"))
    var events: String?

    @OptionGroup var files: ReportFiles

    @OptionGroup var output: Output

    func validate() throws {
        if let events, events != "-" { throw ValidationError("--events knows only `-`, stdout") }
        if events != nil && output.json { throw ValidationError("--events and --json both want stdout") }
    }

    func run() throws {
        try files.check()
        let signals = RunSignals()
        let context = try RepositoryContext.open()
        let opened = try meaning.open(in: context)
        let definition = try meaning.choice.definition(in: opened)
        let options = try meaning.choice.options(in: context, keepGoing: keepGoing)
        if opened.revision.isTrusted { try context.requireSandbox() }
        let services = try StateServices.open()
        let run = NewRun(
            pipeline: definition.name, path: definition.source.path, repository: context.repository,
            revision: opened.revision, trigger: context.job == nil ? .manual : .ci, options: options)
        let foreground = ForegroundRun(
            context: context, services: services, signals: signals, output: output, printsEvents: events != nil,
            patience: noWait ? .none : .stays, files: files)
        try foreground.carryOut(services.store.begin(run, at: services.clock.now()))
    }
}
