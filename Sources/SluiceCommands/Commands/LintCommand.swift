import ArgumentParser
import SluiceModel
import SluicePlanning
import SluiceReport

/// `sluice lint`: everything that is wrong, at once.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Shows all that is wrong with pipelines and the plugins that they use.",
        discussion: """
            Reads the working tree, or a commit with --revision. Ends with 65 when there is an error.

            Example:
              sluice lint pipelines/train.yaml
            """)

    @Argument(help: "Definitions to look at; all by default.")
    var paths: [String] = []

    @Option(help: ArgumentHelp("A commit instead of the working tree.", valueName: "rev"))
    var revision: String?

    @OptionGroup var output: Output

    func run() throws {
        let context = try RepositoryContext.open()
        let opener = RevisionOpener(context: context)
        let opened = try opener.open(namedOrWorktree: revision)
        let diagnostics = try found(opened, context).sorted { $0.location < $1.location }
        let errors = diagnostics.count { $0.severity == .error }
        if output.json {
            output.answer(LintJSON(diagnostics))
        } else {
            Diagnostics.tell(diagnostics)
            if diagnostics.isEmpty { output.tell(["sluice: nothing to complain about"]) }
        }
        if errors > 0 { throw ExitStatus.invalid.code }
    }

    private func found(_ opened: OpenRevision, _ context: RepositoryContext) throws -> [Diagnostic] {
        let definitions = try PlanMaker.definitions(in: opened.tree)
        let wanted = try paths.map { path in
            let name = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
            let place = try place(of: path, in: context)
            guard let definition = definitions.first(where: { [name, place].contains($0.source.path) }) else {
                let isThere = try opened.tree.entry(at: place ?? name) != nil
                throw CommandFailure(
                    .usage, isThere ? "\(path) is no pipeline definition" : "there is no file \(path)",
                    hint: "definitions are pipelines/*.yaml; without a path all of them are looked at")
            }
            return definition
        }
        return try (paths.isEmpty ? definitions : wanted).flatMap { definition in
            try PlanMaker.lint(definition, at: opened, context: context, installation: .current()).diagnostics
        }
    }

    /// Where in the tree a file lies that is named from the folder that we were called in; nil outside of it.
    private func place(of path: String, in context: RepositoryContext) throws -> String? {
        guard let top = context.git.workTree.map({ $0 + "/" }),
            let file = Files.resolvingFolder(of: try Files.absolute(path)), file.hasPrefix(top)
        else { return nil }
        return String(file.dropFirst(top.count))
    }
}
