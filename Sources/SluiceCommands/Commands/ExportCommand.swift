import ArgumentParser
import SluiceExport
import SluiceModel
import SluicePlanning
import SluiceReport
import SluiceStore

/// `sluice export`: the same pipeline for another engine.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a pipeline in the words of another engine.",
        discussion: """
            What the engine cannot say is told on stderr, with the line of the pipeline; --strict makes that an error.

            Examples:
              sluice export argo --image registry.example/sluice:1 --claim exchange
              sluice export airflow --repository /srv/repo --output dags/pipeline.py
              sluice export github-actions --output .github/workflows/sluice.yml
            """,
        subcommands: [Argo.self, Airflow.self, GitHubActions.self, GitLab.self])

    /// What every target takes.
    struct Subject: ParsableArguments {
        @Argument(help: "The pipeline's name; may be left out when there is only one.")
        var pipeline: String?

        @Option(help: ArgumentHelp("The commit: a branch, a tag, an oid or HEAD~N.", valueName: "rev"))
        var revision: String?

        @Option(
            name: .customLong("set"), help: ArgumentHelp("Override a param: JSON, else a string.", valueName: "k=v"))
        var overrides: [String] = []

        @Option(help: "Use this profile wherever a stage has it.")
        var profile: String?

        @Option(help: ArgumentHelp("Write it there instead of on stdout.", valueName: "file"))
        var output: String?

        @Flag(help: "End with 65, and write nothing, when the target cannot say something.")
        var strict = false

        @Flag(name: .shortAndLong, help: "Say only what went wrong.")
        var quiet = false

        func validate() throws { try choice.validate() }

        func export(_ write: (ExportedPipeline) -> ExportedText) throws {
            let context = try RepositoryContext.open().placingAllHere
            let opened = try choice.open(in: context)
            let definition = try choice.definition(in: opened)
            let options = try choice.options(in: context)
            let plan = try plan(definition, opened, options, context)
            let executors = Set(
                definition.pipeline?.stages.flatMap { $0.profiles.compactMap(\.profile.request.pool) } ?? [])
            let exported = write(
                ExportedPipeline(plan, overrides: options.overrides, executors: executors.sorted()))
            try tell(exported.diagnostics.map(definition.source.withExcerpt))
            guard let output else { return Console.write(exported.text, to: 1) }
            try WantedFile(path: output).write(exported.text)
        }

        private func tell(_ found: [Diagnostic]) throws {
            let isRefused = found.contains { $0.severity == .error || strict && $0.severity == .warning }
            guard isRefused else { return quiet ? () : Diagnostics.tell(found) }
            guard strict else { throw InvalidDefinition(diagnostics: found) }
            throw InvalidDefinition(
                diagnostics: found.map { diagnostic in
                    var diagnostic = diagnostic
                    if diagnostic.severity == .warning { diagnostic.severity = .error }
                    return diagnostic
                })
        }

        /// Without this machine's records, so that equal commits give equal bytes.
        private func plan(
            _ definition: Definition, _ opened: OpenRevision, _ options: RunOptions, _ context: RepositoryContext
        ) throws -> Plan {
            let services = try StateServices.openTemporary()
            defer { services.close() }
            let maker = PlanMaker(context: context, services: services, installation: .current())
            return try maker.plan(definition, at: opened, trigger: .manual, changed: .everything, options: options)
        }

        private var choice: PipelineChoice {
            PipelineChoice(pipeline: pipeline, revision: revision, overrides: overrides, profile: profile)
        }
    }
}

extension ExportCommand {
    /// For how long what stages gave each other stays.
    struct Keeping: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "What earlier runs left in their exchanges goes when nobody has used it for so long; 0: never.",
                valueName: "days"))
        var keepDays = 30

        func validate() throws {
            if keepDays < 0 { throw ValidationError("--keep-days wants a number of days, or 0") }
        }

        var days: Int? { keepDays == 0 ? nil : keepDays }
    }

    struct Argo: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "argo", abstract: "A Workflow: a DAG, whose stages exchange what they make on a volume.",
            discussion: """
                Example:
                  sluice export argo --image example/sluice:1 --claim runs | argo submit -
                """)

        @OptionGroup var subject: Subject

        @Option(help: "Holds sluice, git, and what plugins need.")
        var image: String

        @Option(help: "The claim of a volume that pods on all nodes may write.")
        var claim: String

        @Option(help: ArgumentHelp("Where the workflow clones from; else it is submitted with it.", valueName: "url"))
        var repository: String?

        @Option(help: "What a GPU is called there.")
        var gpu = "nvidia.com/gpu"

        @Option(help: "The Secret with the operator's secrets by their names.")
        var secret = "sluice-secrets"

        @Option(help: "The ConfigMap whose key sluice.yaml is the operator's configuration.")
        var configuration: String?

        @Option(
            help: ArgumentHelp("The account for Argo's own container, so that stages get no token.", valueName: "name"))
        var executorAccount: String?

        @Option(help: ArgumentHelp("A state folder, as a path below the volume.", valueName: "path"))
        var state: String?

        @OptionGroup var keeping: Keeping

        func validate() throws {
            let words = [
                image, claim, repository ?? "", gpu, secret, configuration ?? "", executorAccount ?? "", state ?? "",
            ]
            for word in words where word.contains("{{") {
                throw ValidationError("`{{` would be a tag of Argo: \(word)")
            }
            if let state, state.hasPrefix("/") || state.split(separator: "/").contains("..") {
                throw ValidationError("--state is a path below the volume, not \(state)")
            }
        }

        func run() throws {
            let options = ArgoOptions(
                image: image, claim: claim, repository: repository, gpu: gpu, secret: secret,
                configuration: configuration, state: state, executorAccount: executorAccount, keepDays: keeping.days)
            try subject.export { ArgoWorkflow.export($0, options) }
        }
    }

    struct Airflow: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "airflow", abstract: "A DAG file for Airflow 3, and 2.9 or later.",
            discussion: """
                Example:
                  sluice export airflow --repository /srv/repo --output dags/pipeline.py
                """)

        @OptionGroup var subject: Subject

        @Option(name: .customLong("dag-id"), help: ArgumentHelp("What the DAG is called.", valueName: "id"))
        var dagID: String?

        @Option(
            help: ArgumentHelp("The repository on the workers; else the DAG is triggered with it.", valueName: "dir"))
        var repository: String?

        @Option(help: ArgumentHelp("A folder that all workers share; else as above.", valueName: "dir"))
        var exchange: String?

        @Option(help: ArgumentHelp("A state folder that all workers share.", valueName: "dir"))
        var state: String?

        @OptionGroup var keeping: Keeping

        @Option(help: "The pool of which a stage takes a slot for each core.")
        var pool = "default_pool"

        @Option(help: "The pool of which a stage takes a slot for each GPU, where it asks for some.")
        var gpuPool = "default_pool"

        @Option(help: ArgumentHelp("The binary on the workers.", valueName: "path"))
        var sluice = "sluice"

        func validate() throws {
            guard let dagID, !AirflowOptions.mayBeDAG(dagID) else { return }
            throw ValidationError("--dag-id is at most 250 letters, digits, `-`, `_` and `.`: not \(dagID)")
        }

        func run() throws {
            let options = AirflowOptions(
                dagID: dagID, repository: repository, exchange: exchange, state: state, keepDays: keeping.days,
                pool: pool, gpuPool: gpuPool, sluice: sluice)
            try subject.export { AirflowDAG.export($0, options) }
        }
    }

    struct GitHubActions: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "github-actions", abstract: "A workflow with one job that calls `sluice ci`.",
            discussion: """
                Example:
                  sluice export github-actions --output .github/workflows/sluice.yml
                """)

        @OptionGroup var subject: Subject

        @Option(help: "A container with sluice; else the machine has it.")
        var image: String?

        func run() throws { try subject.export { GitHubWorkflow.export($0, image: image) } }
    }

    struct GitLab: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gitlab", abstract: "A .gitlab-ci.yml with one job that calls `sluice ci`.",
            discussion: """
                Example:
                  sluice export gitlab --image registry.example/sluice:1 --output .gitlab-ci.yml
                """)

        @OptionGroup var subject: Subject

        @Option(help: "An image with sluice; else the runner's.")
        var image: String?

        func run() throws { try subject.export { GitLabPipeline.export($0, image: image) } }
    }
}
