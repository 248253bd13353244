import ArgumentParser
import SluiceModel

/// The run that a command is about.
struct NamedRun: ParsableArguments {
    @Argument(help: ArgumentHelp("The run's number; the newest by default.", valueName: "run"))
    var number: Int64?

    func record(in services: StateServices) throws -> RunRecord {
        try RunName.record(of: RunName.resolve(number, in: services), in: services)
    }
}
