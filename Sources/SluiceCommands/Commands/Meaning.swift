import ArgumentParser
import SluiceGit
import SluiceModel

/// The arguments by which a command's caller chooses a commit and a pipeline of it.
struct Meaning: ParsableArguments {
    @Argument(help: "The pipeline's name; may be left out when there is only one.")
    var pipeline: String?

    @Option(help: ArgumentHelp("The commit: a branch, a tag, an oid or HEAD~N.", valueName: "rev"))
    var revision: String?

    @Flag(help: "The uncommitted state of the working tree instead of a commit.")
    var worktree = false

    @Option(help: ArgumentHelp("What counts as changed since this commit.", valueName: "rev"))
    var changedSince: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Override a param: JSON, else a string.", valueName: "k=v"))
    var overrides: [String] = []

    @Option(help: "Use this profile wherever a stage has it.")
    var profile: String?

    @Option(help: "Only this stage and what it needs; may be given several times.")
    var stage: [String] = []

    func validate() throws {
        if worktree && revision != nil { throw ValidationError("--worktree and --revision exclude each other") }
        try choice.validate()
    }

    func open(in context: RepositoryContext) throws -> OpenRevision {
        do {
            return try choice.open(in: context)
        } catch let error as GitError where error.code == .unborn && !context.git.isBare {
            throw CommandFailure(.storage, error.message, hint: "commit something first, or take --worktree")
        }
    }

    var choice: PipelineChoice {
        PipelineChoice(
            pipeline: pipeline, revision: revision, worktree: worktree, changedSince: changedSince,
            overrides: overrides, profile: profile, stages: stage)
    }
}
