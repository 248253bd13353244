import ArgumentParser
import SluiceGit
import SluiceModel
import SluicePlanning

/// Which commit and which pipeline of it a command means, and what is to be different about it.
struct PipelineChoice {
    /// May be left out where there is only one.
    var pipeline: String?
    /// A branch, a tag, an oid; nil: HEAD.
    var revision: String?
    var worktree = false
    /// What counts as changed since this commit.
    var changedSince: String?
    /// `KEY=VALUE`, the value as JSON or else as text.
    var overrides: [String] = []
    var profile: String?
    /// Only these and what they need.
    var stages: [String] = []

    func validate() throws {
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
        // A folder that cannot be read at all: that is what to say, whatever is asked for.
        if let folder = all.first(where: { $0.source.path == PipelineFolder.name }) { return folder }
        let place = opened.revision.isWorktree ? "the working tree" : opened.revision.oid.short
        guard let pipeline else {
            if let only = all.first, all.count == 1 { return only }
            guard !all.isEmpty else {
                throw CommandFailure(
                    .invalid, "there is no pipeline in \(place)",
                    hint: opened.revision.isWorktree
                        ? "pipelines are files pipelines/*.yaml"
                        : "pipelines are files pipelines/*.yaml of the commit; --worktree plans uncommitted ones")
            }
            throw CommandFailure(
                .usage, "there are \(all.count) pipelines",
                hint: "name one of \(all.map(\.name).joined(separator: ", "))")
        }
        guard let definition = all.first(where: { $0.name == pipeline }) else {
            throw CommandFailure(
                .invalid, "there is no pipeline `\(pipeline)` in \(place)",
                hint: NearestName.hint(for: pipeline, of: all.map(\.name), kind: "pipelines"))
        }
        return definition
    }

    func options(in context: RepositoryContext, keepGoing: Bool = false) throws -> RunOptions {
        let since = try changedSince.map { try context.git.resolve(named: $0).commit.oid }
        return RunOptions(
            overrides: try parsedOverrides(), stages: stages, profile: profile, keepGoing: keepGoing,
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
