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
            """)

    @OptionGroup var meaning: Meaning

    @Flag(help: "The DAG in Graphviz' language.")
    var dot = false

    @OptionGroup var output: Output

    func run() throws {
        let context = try RepositoryContext.open()
        let opened = try meaning.open(in: context)
        let options = try meaning.options(in: context)
        let changed = try RevisionOpener(context: context).changes(
            to: opened.revision, from: nil, trigger: .manual, since: options.changedSince)
        let maker = PlanMaker(context: context, services: try .open(), installation: .current())
        let plan = try maker.plan(
            meaning.definition(in: opened), at: opened, trigger: .manual, changed: changed, options: options)
        if output.json {
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
}
