import ArgumentParser
import Glibc
import SluiceModel
import SluiceReport

/// `sluice hook`: install and uninstall, and what the installed hooks call.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Installs git hooks; and what the hooks call.",
        discussion: "Example:\n  sluice hook install",
        subcommands: [
            Install.self, Uninstall.self, PostReceiveCommand.self, PreReceiveCommand.self, PrePushCommand.self,
        ])

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts hooks into this repository; keeps and chains those that are there.",
            discussion: """
                A bare repository gets post-receive and pre-receive, a working one pre-push, unless others are named.

                Where pushers have users of their own, the service user installs it with --shared: their hooks then \
                leave events in this user's spool, and a `sluice worker` of this user runs them.

                Example:
                  sluice hook install post-receive
                """)

        @Argument(help: "post-receive, pre-receive, pre-push.")
        var hooks: [String] = []

        @Flag(help: "Let hooks that run as other users leave events in the spool.")
        var shared = false

        @OptionGroup var output: Output

        func run() throws {
            let context = try RepositoryContext.open()
            let installer = HookInstaller(context: context, installation: .current())
            let services = try StateServices.open()
            if shared { try services.folder.shareSpool() }
            let changes = try installer.install(try Hooks.named(hooks) ?? installer.defaults, for: services.folder)
            if output.json { return output.answer(changes) }
            output.tell(changes.lines)
        }
    }

    struct Uninstall: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes the hooks out again and restores those that were there.",
            discussion: "Example:\n  sluice hook uninstall")

        @Argument(help: "post-receive, pre-receive, pre-push; all by default.")
        var hooks: [String] = []

        @OptionGroup var output: Output

        func run() throws {
            let installer = HookInstaller(context: try .open(), installation: .current())
            let changes = try installer.uninstall(try Hooks.named(hooks) ?? HookInstaller.Hook.allCases)
            if output.json { return output.answer(changes) }
            output.tell(changes.lines.isEmpty ? ["sluice: there was nothing to remove"] : changes.lines)
        }
    }

    struct PostReceiveCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "post-receive", abstract: "What the post-receive hook calls.", shouldDisplay: false)

        @OptionGroup var place: HookPlace

        /// The push has happened: whatever goes wrong here is told, and the hook ends well.
        func run() throws {
            HookSignals.ignore()
            do {
                let input = try Hooks.input()
                _ = try ChainedHook.run(besides: place.hook, arguments: place.arguments, input: input)
                try PostReceive(installation: .current(), home: place.home ?? StateServices.location()).receive(input)
            } catch {
                Hooks.tell(error)
            }
        }
    }

    struct PreReceiveCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pre-receive", abstract: "What the pre-receive hook calls.", shouldDisplay: false)

        @OptionGroup var place: HookPlace

        /// What goes wrong before it is known which branches are enforced rejects the push: it could be one of them.
        func run() throws {
            let input = try Hooks.input()
            let status = try ChainedHook.run(besides: place.hook, arguments: place.arguments, input: input)
            guard status == 0 else { throw ExitCode(status) }
            let hook = PreReceive(installation: .current(), home: try place.home ?? StateServices.location())
            guard try hook.judge(input) else { throw ExitStatus.failed.code }
        }
    }

    struct PrePushCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pre-push", abstract: "What the pre-push hook calls.", shouldDisplay: false)

        @OptionGroup var place: HookPlace

        func run() throws {
            let signals = RunSignals()
            let input = try Hooks.input()
            let status = try ChainedHook.run(besides: place.hook, arguments: place.arguments, input: input)
            guard status == 0 else { throw ExitCode(status) }
            let home = try place.home ?? StateServices.location()
            guard try PrePush(installation: .current(), home: home, signals: signals).judge(input) else {
                let style = Output.style(forTerminal: Console.tellsTerminal)
                for line in HookText.pushStopped(style: style) { Console.tell(line) }
                throw ExitStatus.failed.code
            }
        }
    }
}

/// What an installed hook says of itself, and git's own arguments behind it.
struct HookPlace: ParsableArguments {
    @Option(help: "The state folder; as for every command by default.")
    var home: String?

    @Option(help: "The hook's own path, beside which a kept hook lies.")
    var hook: String?

    @Argument(help: "What git gave the hook.")
    var arguments: [String] = []
}

/// What the hook commands share.
private enum Hooks {
    static func named(_ names: [String]) throws -> [HookInstaller.Hook]? {
        guard !names.isEmpty else { return nil }
        return try names.map { name in
            guard let hook = HookInstaller.Hook(rawValue: name) else {
                throw CommandFailure(
                    .usage, "there is no hook `\(name)`",
                    hint: "one of \(HookInstaller.Hook.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return hook
        }
    }

    /// The lines that git writes. Whoever pushes may go away while we write; see `Console`.
    static func input() throws(CommandFailure) -> [UInt8] {
        Console.becomeImpatient()
        return try Files.bytes(from: STDIN_FILENO, named: "git's input", limit: 64 << 20)
    }

    static func tell(_ error: any Error) {
        if let invalid = error as? InvalidDefinition { return Diagnostics.tell(invalid.diagnostics) }
        Console.tell("sluice: \(ErrorText.describe(error))")
    }
}
