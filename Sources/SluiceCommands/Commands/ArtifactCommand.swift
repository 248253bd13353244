import ArgumentParser
import SluiceModel
import SluiceReport
import SluiceStore

/// `sluice artifact`: what stages made.
struct ArtifactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifact", abstract: "Lists and fetches what stages made.",
        discussion: "Examples:\n  sluice artifact list 42\n  sluice artifact get 42/train/model -o model",
        subcommands: [List.self, Get.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the artifacts of a run.", discussion: "Example:\n  sluice artifact list 42")

        @OptionGroup var named: NamedRun

        @OptionGroup var output: Output

        func run() throws {
            let services = try StateServices.open()
            let record = try named.record(in: services)
            if output.json { return output.answer(ArtifactsJSON(record)) }
            output.answer(ArtifactsText.lines(record, width: output.width, style: output.style))
        }
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies an artifact out of the store.",
            discussion: "Example:\n  sluice artifact get 42/train/model -o model")

        @Argument(help: "RUN/STAGE/NAME.")
        var name: String

        @Option(name: .shortAndLong, help: ArgumentHelp("Where to; its name here by default.", valueName: "path"))
        var output: String?

        func run() throws {
            let services = try StateServices.open()
            let wanted = try RunName(name, wantsArtifact: true)
            let stage = try RunName.record(of: wanted.run, in: services).requireStage(wanted.stage ?? "")
            let artifacts = stage.end?.artifacts ?? []
            guard let artifact = artifacts.first(where: { $0.name == wanted.artifact }) else {
                throw CommandFailure(
                    .usage, "\(stage.name) has no artifact `\(wanted.artifact ?? "")`",
                    hint: artifacts.isEmpty ? "it has none" : "it has \(artifacts.map(\.name).joined(separator: ", "))")
            }
            let target = output ?? String(artifact.name.split(separator: "/").last ?? "artifact")
            guard !Files.exists(target) else {
                throw CommandFailure(.usage, "\(target) is there already", hint: "name another place with -o")
            }
            try services.artifacts.export(artifact, to: Files.absolute(target))
        }
    }
}
