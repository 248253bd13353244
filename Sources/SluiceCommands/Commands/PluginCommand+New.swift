import ArgumentParser
import SluiceModel
import SluicePlanning

extension PluginCommand {
    /// `sluice plugin new`: a plugin that works, to be changed.
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a plugin that works and passes its test.",
            discussion: """
                It lies in plugins/NAME below the current folder, or in --folder. One in Swift has to be built: ./build.

                Example:
                  sluice plugin new count-lines --language shell
                """)

        enum Language: String, ExpressibleByArgument, CaseIterable { case python, swift, shell }

        @Argument(help: "Small letters, digits and `-`.")
        var name: String

        @Option(help: "python, swift or shell.")
        var language: Language

        @Option(help: ArgumentHelp("Where to; it must not be there yet.", valueName: "path"))
        var folder: String?

        func run() throws {
            guard PluginTemplate.isName(name) else {
                throw CommandFailure(
                    .usage, "`\(name)` cannot be a plugin's name",
                    hint: "it begins with a small letter and holds small letters, digits and `-`")
            }
            let installation = Installation.current()
            guard let share = installation.share else {
                throw CommandFailure(.unavailable, "the templates, which lie beside the binary, are not there")
            }
            let place = folder ?? "plugins/\(name)"
            let template = PluginTemplate(name: name, sources: "\(share)/sdk")
            try template.write(language.rawValue, into: try Files.absolute(place))
            Console.tell("sluice: made \(place)")
            if language == .swift { Console.tell("build it:  \(place)/build") }
            Console.tell("test it:   sluice plugin test \(place)")
            Console.tell("use it:    a stage with `uses: \(folder == nil ? name : "./" + place)`")
        }
    }
}
