import ArgumentParser
import SluiceModel
import SluicePlanning
import SluiceReport

/// `sluice budget`: the operator's accounts.
struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Shows accounts: used, reserved, left, how fast it goes, and entries.",
        discussion: """
            In a repository its accounts, elsewhere those of the user's configuration.

            Examples:
              sluice budget
              sluice budget team --entries
              sluice budget --estimates
              sluice budget --json | jq '.accounts[] | {name, limits}'
            """)

    @Argument(help: "Only this account.")
    var account: String?

    @Flag(help: "The entries of the ledger, newest first.")
    var entries = false

    @Option(help: "How many entries.")
    var limit = 50

    @Flag(help: "How well estimates held so far, by plugin and profile.")
    var estimates = false

    @OptionGroup var output: Output

    /// Runs whose attempts are compared with their estimates.
    private static let comparedRuns = 1000

    /// Into how many parts a window is cut to show how use went.
    private static let parts = 24

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1") }
        if estimates && (entries || account != nil) {
            throw ValidationError("--estimates is about attempts, not about an account or its entries")
        }
    }

    func run() throws {
        guard !estimates else { return try tellEstimates() }
        let accounts = try chosen()
        let services = try StateServices.open()
        let now = services.clock.now()
        let reports = try services.store.reports(on: accounts, parts: Self.parts, at: now)
        let ledger = entries ? try services.store.ledgerEntries(of: account, limit: limit) : nil
        if output.json { return output.answer(BudgetJSON(reports, entries: ledger, now: now)) }
        if let ledger {
            return output.answer(BudgetText.entries(ledger, width: output.width, style: output.style))
        }
        output.answer(BudgetText.lines(reports, now: now, width: output.width, style: output.style))
    }

    private func tellEstimates() throws {
        let coverage = try StateServices.open().store.estimateCoverage(runs: Self.comparedRuns)
        if output.json { return output.answer(EstimatesJSON(coverage)) }
        output.answer(CoverageText.lines(coverage, width: output.width, style: output.style))
    }

    private func chosen() throws -> [Account] {
        let all = try OperatorSettings.here().accounts.map(\.account)
        guard let account else { return all }
        guard let found = all.first(where: { $0.name == account }) else {
            throw CommandFailure(
                .usage, "there is no account `\(account)`",
                hint: NearestName.hint(for: account, of: all.map(\.name), kind: "accounts"))
        }
        return [found]
    }
}
