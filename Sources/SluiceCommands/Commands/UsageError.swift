import ArgumentParser
import SluicePlanning

/// What the parser of arguments has to say against a command line, in our words where it has none.
enum UsageError {
    static func end(_ message: String) -> Never {
        Console.tell(text(message, arguments: Array(CommandLine.arguments.dropFirst())))
        SluiceCommand.exit(withError: ExitStatus.usage.code)
    }

    static func text(_ message: String, arguments: [String]) -> String {
        if let unknown = unknownCommand(in: arguments) { return unknown }
        return message.hasPrefix("Error: ") ? "sluice: " + message.dropFirst("Error: ".count) : message
    }

    /// The first word that should be a command and is none.
    private static func unknownCommand(in arguments: [String]) -> String? {
        var command: any ParsableCommand.Type = SluiceCommand.self
        var path = "sluice"
        for argument in arguments {
            let configuration = command.configuration
            guard !configuration.subcommands.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return nil }
            if let next = configuration.subcommands.first(where: { $0._commandName == argument }) {
                command = next
                path += " " + argument
                continue
            }
            guard configuration.defaultSubcommand == nil else { return nil }
            let names = configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
            let hint = NearestName.hint(for: argument, of: names, kind: "there are")
            return "sluice: there is no command `\(path) \(argument)`" + (hint.map { " (\($0))" } ?? "")
                + "\n  See '\(path) --help' for more information."
        }
        return nil
    }
}
