import ArgumentParser
import SluiceModel
import SluicePlanning
import SluiceReport

/// `sluice plan`: what a run would do, before anything runs.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Shows stages, cache, estimates and the gate's decision, and runs nothing.",
        discussion: """
            Ends with 0 when the gate admits, 75 when it is held, 77 when it is refused.

            Examples:
              sluice plan
              sluice plan breast-cancer --revision main~1 --json
              sluice plan --dot | dot -Tsvg > plan.svg
              sluice plan --against main --markdown
            """)

    @OptionGroup var meaning: Meaning

    @Flag(help: "The DAG in Graphviz' language.")
    var dot = false

    @Option(
        help: ArgumentHelp(
            "Show what differs from this commit's plan: cost, time, budgets, by stage.", valueName: "rev"))
    var against: String?

    @Flag(help: "With --against: a table in Markdown, for a review comment.")
    var markdown = false

    @OptionGroup var output: Output

    func validate() throws {
        if markdown && against == nil { throw ValidationError("--markdown goes with --against") }
        if dot && against != nil { throw ValidationError("--dot and --against exclude each other") }
        if output.json && (markdown || dot) {
            throw ValidationError("--\(dot ? "dot" : "markdown") and --json both want stdout")
        }
    }

    func run() throws {
        let context = try RepositoryContext.open()
        let opened = try meaning.open(in: context)
        let options = try meaning.choice.options(in: context)
        let changed = try RevisionOpener(context: context).changes(
            to: opened.revision, from: nil, trigger: .manual, since: options.changedSince)
        let maker = PlanMaker(context: context, services: try .open(), installation: .current())
        let plan = try maker.plan(
            meaning.choice.definition(in: opened), at: opened, trigger: .manual, changed: changed, options: options,
            question: PlanQuestion(wantsKeyParts: against != nil))
        if let against {
            tell(try BasePlan(maker: maker, revision: against).comparison(with: plan, options: options))
        } else if output.json {
            output.answer(PlanJSON(plan))
        } else if dot {
            Console.answer(PlanDot.render(plan))
        } else {
            output.answer(PlanText.lines(plan, width: output.width, style: output.style))
        }
        switch plan.decision.verdict {
        case .admit, .degrade: return
        case .wait: throw ExitStatus.held.code
        case .refuse: throw ExitStatus.refused.code
        }
    }

    private func tell(_ comparison: PlanComparison) {
        if output.json {
            output.answer(PlanComparisonJSON(comparison))
        } else if markdown {
            output.answer(PlanComparisonMarkdown.lines(comparison))
        } else {
            output.answer(PlanComparisonText.lines(comparison, width: output.width, style: output.style))
        }
    }
}
