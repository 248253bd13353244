import ArgumentParser

/// `sluice optimize`: the optimizer core on its own.
struct OptimizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize", abstract: "Solves gate problems, linear programs and project schedules from files.",
        discussion: """
            Examples:
              sluice optimize gate stages.json
              sluice optimize lp model.mps --json
              sluice optimize schedule j301_1.sm --time-limit 5
            """,
        subcommands: [Gate.self, LP.self, Schedule.self])
}
