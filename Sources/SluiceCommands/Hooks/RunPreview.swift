import SluiceModel
import SluicePlanning
import SluiceReport

/// What a pusher sees of a run that was just queued: estimate, cost and verdict, or all that is wrong.
struct RunPreview {
    let context: RepositoryContext
    let services: StateServices
    let installation: Installation

    func lines(of head: RunHead) throws -> [String] {
        let style = Output.style(forTerminal: false)
        let reference = head.revision.reference ?? Reference(head.revision.oid.hex)
        guard head.revision.isTrusted else {
            return HookText.queued(head.id, pipeline: head.pipeline, reference: reference, style: style)
                + HookText.note("\(reference.short) is not trusted here: planned and gated only", style: style)
        }
        do {
            let session = RunSession(context: context, services: services, installation: installation)
            return HookText.queued(head.id, plan: try session.plan(head).plan, style: style)
        } catch let invalid as InvalidDefinition {
            return HookText.invalid(invalid.diagnostics, reference: reference, style: style)
        }
    }
}
