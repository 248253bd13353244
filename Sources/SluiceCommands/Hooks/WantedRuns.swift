import SluiceGit
import SluiceModel
import SluicePlanning
import SluiceStore

/// The runs that a push asks for.
struct WantedRuns {
    let context: RepositoryContext
    let event: IntakeEvent
    private(set) var runs: [NewRun] = []
    /// For the person who pushed: what runs nothing, and why.
    private(set) var remarks: [String] = []
    private var definitions = DefinitionsByTree()
    private let options: PushOptions

    init(context: RepositoryContext, event: IntakeEvent) {
        self.context = context
        self.event = event
        options = PushOptions(event.options)
    }

    mutating func add(_ update: IntakeEvent.Update) throws {
        let reference = update.reference
        guard !update.new.isZero, !reference.isBookkeeping, reference.branch != nil || reference.tag != nil else {
            return
        }
        let opener = RevisionOpener(context: context)
        let opened: OpenRevision
        do {
            opened = try opener.open(update.new, reference: reference)
        } catch let error as GitError where error.code == .notACommit {
            return remarks.append("\(reference.name): \(error.message); nothing to run")
        }
        let previous = update.old.isZero ? nil : update.old
        let changes = ChangesOnDemand { [trigger = event.trigger] in
            try opener.changes(to: opened.revision, from: previous, trigger: trigger, since: nil)
        }
        for definition in try definitions.all(in: opened) where try isWanted(definition, reference, changes) {
            runs.append(
                NewRun(
                    pipeline: definition.name, path: definition.source.path, repository: context.repository,
                    revision: opened.revision, trigger: event.trigger, previous: previous,
                    priority: priority(of: definition, opened.revision),
                    concurrency: definition.pipeline?.concurrency ?? Concurrency()))
        }
    }

    /// What is not trusted may step back, and never pushes itself to the front.
    private func priority(of definition: Definition, _ revision: Revision) -> Int {
        let priority = definition.pipeline?.priority ?? 0
        return revision.isTrusted ? priority : min(0, priority)
    }

    /// A definition that cannot be read is wanted on every branch: nobody knows what it would have said, and a
    /// person must hear of it.
    private func isWanted(
        _ definition: Definition, _ reference: Reference, _ changes: ChangesOnDemand
    ) throws -> Bool {
        if let only = options.pipeline, only != definition.name { return false }
        guard let pipeline = definition.pipeline else { return reference.branch != nil }
        return try pipeline.triggers.push.map { try changes.count(for: $0, on: reference) } ?? false
    }
}
