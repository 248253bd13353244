import ArgumentParser
import SluiceModel
import SluicePlanning
import SluiceReport

/// `sluice plugin`: what stages use, and what authors of plugins need.
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Lists, shows, makes and tests plugins.",
        discussion:
            "Example:\n  sluice plugin new count-lines --language python\n  sluice plugin test plugins/count-lines",
        subcommands: [List.self, Show.self, New.self, Test.self])

    /// Which commit's plugins are meant, besides the installed ones.
    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("A commit instead of the working tree.", valueName: "rev"))
        var revision: String?

        /// Outside of a repository, the installed plugins alone.
        func catalogue() throws -> PluginCatalogue {
            guard let context = try RepositoryContext.openIfThere() else {
                if let revision { throw CommandFailure(.usage, "there is no repository to find `\(revision)` in") }
                let finder = PlanMaker.finder(configuration: try OperatorSettings.here(), installation: .current())
                return PluginCatalogue(tree: nil, finder: finder, isTrusted: true)
            }
            let opener = RevisionOpener(context: context)
            let opened = try opener.open(namedOrWorktree: revision)
            return PluginCatalogue(
                tree: opened.tree, finder: PlanMaker.finder(context: context, installation: .current()),
                isTrusted: opened.revision.isTrusted)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists every plugin that `uses` can name, and what is wrong with it.",
            discussion: "Example:\n  sluice plugin list")

        @OptionGroup var place: Place
        @OptionGroup var output: Output

        func run() throws {
            let catalogue = try place.catalogue()
            let listings = try catalogue.names().map { try catalogue.listing(of: $0) }
            if output.json { return output.answer(PluginsJSON(listings)) }
            output.answer(PluginListText.lines(listings, width: output.width, style: output.style))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a plugin's params, inputs and outputs, where it comes from, and what is wrong with it.",
            discussion: "Ends with 65 when it cannot be used.\n\nExample:\n  sluice plugin show train-sklearn")

        @Argument(help: "What a stage says behind `uses`: a name, or ./path.")
        var name: String

        @OptionGroup var place: Place
        @OptionGroup var output: Output

        func run() throws {
            let listing = try place.catalogue().listing(of: name)
            if listing.candidates.isEmpty, !output.json, let fault = listing.diagnostics.first {
                // Nobody wrote the name into a file whose line could be shown.
                throw CommandFailure(.invalid, fault.message, hint: fault.hint)
            }
            if output.json {
                output.answer(PluginJSON(listing))
            } else {
                output.answer(PluginText.lines(listing, width: output.width, style: output.style))
            }
            if !listing.isValid { throw ExitStatus.invalid.code }
        }
    }
}
