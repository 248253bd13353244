import ArgumentParser
import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceReport
import SluiceStore

/// `sluice ci`: `run` with the conventions of the CI system whose job we are part of.
struct CICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ci", abstract: "Runs a pipeline as part of a CI job: groups, annotations, summary, JUnit.",
        discussion: """
            Knows GitHub Actions and GitLab CI by their variables, others by CI. Trusts pushes of references that the \
            operator's configuration names, and no pull request.

            Examples:
              sluice ci
              sluice ci breast-cancer --junit sluice.xml
              sluice ci --changed-since origin/main --code-quality report.json
            """)

    @OptionGroup var meaning: Meaning

    @Flag(help: "Go on with stages that do not depend on a failed one.")
    var keepGoing = false

    @Flag(help: "End with 75 instead of waiting for accounts that have no room now.")
    var noWait = false

    @OptionGroup var files: ReportFiles

    @Option(help: ArgumentHelp("Write what is to be shown beside lines as GitLab's report.", valueName: "file"))
    var codeQuality: String?

    @OptionGroup var output: Output

    func validate() throws {
        if meaning.worktree { throw ValidationError("a CI job runs commits; --worktree is for `sluice run`") }
    }

    func run() throws {
        let signals = RunSignals()
        let context = try RepositoryContext.open()
        guard let job = context.job else {
            throw CommandFailure(
                .usage, "this is no CI job: none of CI, GITHUB_ACTIONS and GITLAB_CI is set",
                hint: "`sluice run` runs a pipeline elsewhere")
        }
        try files.check()
        if let codeQuality { try WantedFile(path: codeQuality).check() }
        let opened = try CIRevision(context: context, job: job).open(meaning)
        let base = try base(of: opened.revision, job, context)
        let report = CIReport(job: job, base: base, context: context, output: output)
        report.begin(opened.revision, RunPermission.of(opened.revision, in: context))
        let definition = try meaning.choice.definition(in: opened)
        let found = try PlanMaker.lint(definition, at: opened, context: context, installation: .current()).diagnostics
        report.tell(found)
        var options = try meaning.choice.options(in: context, keepGoing: keepGoing)
        options.changedSince = base.oid
        let run = NewRun(
            pipeline: definition.name, path: definition.source.path, repository: context.repository,
            revision: opened.revision, trigger: .ci, previous: base.oid == nil ? .zero : nil, options: options)
        let services = try StateServices.open()
        let foreground = ForegroundRun(
            context: context, services: services, signals: signals, output: output, patience: noWait ? .none : .stays)
        let begun = try services.store.begin(run, at: services.clock.now())
        let (record, outcome) = try foreground.drive(begun.head, holding: begun.lock, observers: [report.observer])
        let annotations = report.end(record, pipeline: definition.pipeline, told: found)
        RunEnding(output: output).tell(record, tellsDiagnostics: false)
        try RunEnding.end(record, outcome) { try write(record, annotations, found, report) }
    }

    private func base(of revision: Revision, _ job: CIJob, _ context: RepositoryContext) throws -> CIBase {
        guard let since = meaning.changedSince else {
            return try CIBase.find(for: job, commit: revision.oid, in: context.git)
        }
        let oid = try context.git.resolve(named: since).commit.oid
        return CIBase(oid: oid, reason: "as --changed-since says")
    }

    private func write(
        _ record: RunRecord, _ annotations: [CIAnnotation], _ found: [Diagnostic], _ report: CIReport
    ) throws {
        try files.write(record, note: report.note, diagnostics: found)
        if let codeQuality {
            try WantedFile(path: codeQuality).write([JSONText.encode(CodeQualityJSON(annotations), pretty: true)])
        }
        guard let path = report.job.summaryFile else { return }
        let lines = JobSummary.lines(record, note: report.note, diagnostics: found)
        try Files.append(lines.joined(separator: "\n") + "\n", to: path)
    }
}
