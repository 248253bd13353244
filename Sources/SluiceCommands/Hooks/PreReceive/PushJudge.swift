import SluiceGit
import SluiceModel
import SluicePlanning

/// Plans and gates what a push brings, within limits that hold for any definition whatever. Executes nothing of it.
///
/// References that the operator enforces come first, so that a push cannot spend the limits on others before them.
struct PushJudge {
    let context: RepositoryContext
    let services: StateServices
    let installation: Installation

    private var limits = PushLimits()
    private var definitions = DefinitionsByTree()

    init(context: RepositoryContext, services: StateServices, installation: Installation) {
        self.context = context
        self.services = services
        self.installation = installation
    }

    /// What there is to judge, in the order in which it is judged.
    static func order(_ updates: [ReferenceUpdate], _ configuration: OperatorConfiguration) -> [ReferenceUpdate] {
        let judged = updates.filter {
            $0.kind != .deletion && !$0.isBookkeeping && ($0.reference.branch != nil || $0.reference.tag != nil)
        }
        let enforces = { (update: ReferenceUpdate) in configuration.preReceive?.enforces(update.reference) == true }
        return judged.filter(enforces) + judged.filter { !enforces($0) }
    }

    mutating func verdicts(on update: ReferenceUpdate) -> [ReferenceVerdict] {
        do {
            return try judge(update)
        } catch {
            let unknown = ReferenceVerdict.Finding.unknown(limits.exceeded ?? ErrorText.describe(error))
            return [verdict(on: update.reference, "", unknown, isWanted: true)]
        }
    }

    private mutating func judge(_ update: ReferenceUpdate) throws -> [ReferenceVerdict] {
        let reference = update.reference
        let opener = RevisionOpener(context: context)
        var opened: OpenRevision
        do {
            opened = try opener.open(update.new, reference: reference)
        } catch let error as GitError where error.code == .notACommit {
            return []
        }
        opened.tree = CountedTree(opened.tree, limits.reading)
        let all = try definitions.all(in: opened)
        let changes = ChangesOnDemand { [context] in
            let previous = update.old.isZero ? nil : update.old
            return try RevisionOpener(context: context).changes(
                to: opened.revision, from: previous, trigger: .preReceive, since: nil)
        }
        var verdicts = missing(from: all, on: reference)
        for definition in all where try isWanted(definition, on: reference, changes) {
            verdicts.append(try judge(definition, opened, changes))
        }
        return verdicts
    }

    private func isNamed(_ name: String, on reference: Reference) -> Bool {
        guard let rule = context.configuration.preReceive, rule.enforces(reference) else { return false }
        return rule.pipelines.contains(name)
    }

    private func missing(from all: [Definition], on reference: Reference) -> [ReferenceVerdict] {
        guard let rule = context.configuration.preReceive, rule.enforces(reference) else { return [] }
        let names = Set(all.map(\.name))
        return rule.pipelines.filter { !names.contains($0) }.map {
            verdict(on: reference, $0, .missing, isWanted: true)
        }
    }

    /// Where the operator enforces: what he names, and what would run. Elsewhere what asks for it itself. A definition
    /// that cannot be read is wanted on every branch: nobody knows what it would have said.
    private func isWanted(
        _ definition: Definition, on reference: Reference, _ changes: ChangesOnDemand
    ) throws -> Bool {
        if isNamed(definition.name, on: reference) { return true }
        guard let pipeline = definition.pipeline else { return reference.branch != nil }
        let isEnforced = context.configuration.preReceive?.enforces(reference) == true
        let filters = [pipeline.triggers.preReceive, isEnforced ? pipeline.triggers.push : nil].compactMap(\.self)
        return try filters.contains { filter in
            try changes.count(for: filter, on: reference)
        }
    }

    private mutating func judge(
        _ definition: Definition, _ opened: OpenRevision, _ changes: ChangesOnDemand
    ) throws -> ReferenceVerdict {
        let reference = opened.revision.reference ?? Reference(opened.revision.oid.hex)
        let isAsked = definition.pipeline?.triggers.isPreReceiveEnforced == true
        func verdict(_ finding: ReferenceVerdict.Finding) -> ReferenceVerdict {
            self.verdict(on: reference, definition.name, finding, isWanted: isAsked)
        }
        limits.countPipeline()
        if let exceeded = limits.exceeded { return verdict(.unknown(exceeded)) }
        do {
            let maker = PlanMaker(context: context, services: services, installation: installation)
            let plan = try maker.plan(
                definition, at: opened, trigger: .preReceive, changed: try changes.value(), options: RunOptions())
            limits.count(stages: plan.stages.count)
            return verdict(limits.exceeded.map { .unknown($0) } ?? .planned(plan))
        } catch let invalid as InvalidDefinition {
            return verdict(limits.exceeded.map { .unknown($0) } ?? .invalid(invalid.diagnostics))
        } catch {
            return verdict(.unknown(limits.exceeded ?? ErrorText.describe(error)))
        }
    }

    /// The operator's word counts before the pipeline's own.
    private func verdict(
        on reference: Reference, _ pipeline: String, _ finding: ReferenceVerdict.Finding, isWanted: Bool
    ) -> ReferenceVerdict {
        let isEnforced = context.configuration.preReceive?.enforces(reference) == true
        let own: ReferenceVerdict.Enforcement? = isWanted && !pipeline.isEmpty ? .byPipeline : nil
        return ReferenceVerdict(
            reference: reference, pipeline: pipeline, finding: finding, enforcement: isEnforced ? .byOperator : own)
    }
}
