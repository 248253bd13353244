import ArgumentParser
import SluiceModel
import SluiceReport

/// `sluice runs`: the records.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Shows the records of runs; cancels, resumes and retries them.",
        discussion: "Examples:\n  sluice runs list\n  sluice runs show 42\n  sluice runs retry 42",
        subcommands: [List.self, Show.self, Cancel.self, Resume.self, Retry.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists runs, newest first.", discussion: "Example:\n  sluice runs list --limit 5")

        @Option(help: "How many.")
        var limit = 20

        @OptionGroup var output: Output

        func validate() throws { if limit < 1 { throw ValidationError("--limit is at least 1") } }

        func run() throws {
            let services = try StateServices.open()
            let heads = try services.store.heads(limit: limit)
            if output.json { return output.answer(RunsJSON(heads)) }
            output.answer(
                RunListText.lines(heads, now: services.clock.now(), width: output.width, style: output.style))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a run: stages, decisions, metrics, cost, artifacts.",
            discussion: "Example:\n  sluice runs show 42 --json | jq .outcome")

        @OptionGroup var named: NamedRun

        @OptionGroup var output: Output

        func run() throws {
            let services = try StateServices.open()
            let record = try named.record(in: services)
            if output.json { return output.answer(RunJSON(record)) }
            Diagnostics.tell(record.diagnostics)
            output.answer(RunText.lines(record, width: output.width, style: output.style))
        }
    }
}
