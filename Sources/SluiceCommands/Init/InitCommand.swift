import ArgumentParser
import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceReport

/// `sluice init`: a first pipeline and plugin, made for what is there.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Writes a first pipeline and plugin for what it finds; never over a file.",
        discussion: "Example:\n  sluice init && sluice run --worktree")

    @OptionGroup var output: Output

    func run() throws {
        let git = try GitRepository.open(at: ".")
        guard let top = git.workTree else {
            throw CommandFailure(.usage, "a bare repository has no files to write to", hint: "go to a clone of it")
        }
        let tree = try git.worktree()
        let there = try PipelineFolder.definitions(in: tree)
        let pipelines = there.files.map(\.path) + there.diagnostics.map(\.location.file)
        guard pipelines.isEmpty else {
            return tell(kept: pipelines.sorted(), hint: "there is a pipeline already: nothing is written")
        }
        let kind = ProjectKind.found(in: try tree.entries(under: "").map(\.path))
        let folder = top.split(separator: "/").last.map(String.init) ?? ""
        let files = FirstFiles(
            name: FirstFiles.pipelineName(of: folder), branch: git.defaultBranch?.short ?? "main", kind: kind
        ).files
        let kept = try git.addToWorkTree(files)
        tell(written: files.map(\.path).filter { !kept.contains($0) }, kept: kept, hint: "found \(kind.description)")
    }

    private func tell(written: [String] = [], kept: [String], hint: String) {
        guard !output.json else { return output.answer(InitJSON(written: written, kept: kept)) }
        output.tell(["sluice: \(hint)"])
        output.answer(written.map { "wrote  " + SafeText.line($0) } + kept.map { "kept   " + SafeText.line($0) })
        guard !written.isEmpty else { return }
        output.tell([
            "", "next:", "  sluice run --worktree     runs it as it lies here",
            "  git add pipelines plugins\(written.contains("data/points.csv") ? " data" : "") && git commit",
            "  sluice run                runs the commit",
            "  sluice hook install       plans and gates every `git push`",
        ])
    }
}
