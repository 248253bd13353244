import ArgumentParser
import SluiceGit
import SluiceModel
import SluicePlanning

/// Which commit and which pipeline of it a command means.
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
        for text in overrides where !text.contains("=") {
            throw ValidationError("--set wants key=value, not `\(text)`")
        }
    }

    func open(in context: RepositoryContext) throws -> OpenRevision {
        let opener = RevisionOpener(context: context)
        return worktree ? try opener.openWorktree() : try opener.open(named: revision ?? "HEAD")
    }

    /// The one definition that is meant.
    func definition(in opened: OpenRevision) throws -> Definition {
        let all = try PlanMaker.definitions(in: opened.tree)
        guard let pipeline else {
            if let only = all.first, all.count == 1 { return only }
            guard !all.isEmpty else {
                throw CommandFailure(
                    .invalid, "there is no pipeline in \(opened.revision.oid.short)",
                    hint: "pipelines are files pipelines/*.yaml of the commit; --worktree plans uncommitted ones")
            }
            throw CommandFailure(
                .usage, "there are \(all.count) pipelines",
                hint: "name one of \(all.map(\.name).joined(separator: ", "))")
        }
        guard let definition = all.first(where: { $0.name == pipeline }) else {
            let names = all.map(\.name)
            throw CommandFailure(
                .invalid, "there is no pipeline `\(pipeline)` in \(opened.revision.oid.short)",
                hint: names.isEmpty ? nil : "there is \(names.joined(separator: ", "))")
        }
        return definition
    }

    func options(in context: RepositoryContext, keepGoing: Bool = false) throws -> RunOptions {
        let since = try changedSince.map { try context.git.resolve(named: $0).commit.oid }
        return RunOptions(
            overrides: try parsedOverrides(), stages: stage, profile: profile, keepGoing: keepGoing,
            changedSince: since)
    }

    private func parsedOverrides() throws -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for text in overrides {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = OverrideValue.parse(String(parts[1]))
        }
        return values
    }
}
