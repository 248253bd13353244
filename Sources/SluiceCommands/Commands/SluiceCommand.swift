import ArgumentParser
import Glibc

/// `sluice`: the whole command line.
package struct SluiceCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Runs the ML pipeline of a git commit, gated by budgets, and records what happened.",
        discussion: """
            Pipelines are files pipelines/*.yaml of the commit; stages are plugins or `run:` lines.

            Examples:
              sluice lint
              sluice plan
              sluice run --set lr=0.3
              sluice explain
              sluice hook install
            """,
        version: "sluice 0.1.0",
        subcommands: [
            LintCommand.self, PlanCommand.self, RunCommand.self, CICommand.self, InitCommand.self,
            StatusCommand.self, RunsCommand.self, LogsCommand.self, ExplainCommand.self, ArtifactCommand.self,
            BudgetCommand.self, PluginCommand.self, HookCommand.self, WorkerCommand.self, AttemptCommand.self,
            ExportCommand.self,
            DoctorCommand.self,
            OptimizeCommand.self,
        ])

    package init() {}

    /// Parses the arguments, runs what they name and ends the process.
    package static func start() -> Never {
        do {
            Console.fillStandardStreams()
            // Who listens may go away; a run goes on, and only its text is lost.
            signal(SIGPIPE, SIG_IGN)
            var command = try parseAsRoot()
            try command.run()
            if let lost = Console.lostAnswer { throw CommandFailure(.storage, lost) }
            exit(withError: nil)
        } catch let code as ExitCode {
            if let lost = Console.lostAnswer { Console.tell("sluice: \(lost)") }
            exit(withError: code)
        } catch let invalid as InvalidDefinition {
            Diagnostics.tell(invalid.diagnostics)
            exit(withError: ExitStatus.of(invalid.diagnostics).code)
        } catch {
            if exitCode(for: error) == .validationFailure { UsageError.end(fullMessage(for: error)) }
            guard !isOfArgumentParser(error) else { exit(withError: error) }
            Console.tell("sluice: \(ErrorText.describe(error))")
            exit(withError: ErrorText.status(of: error).code)
        }
    }

    /// Help and version print themselves.
    private static func isOfArgumentParser(_ error: any Error) -> Bool {
        error is CleanExit || exitCode(for: error) == .success
    }
}
