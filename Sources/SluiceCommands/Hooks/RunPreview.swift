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
        do {
            let session = RunSession(context: context, services: services, installation: installation)
            let lines = HookText.queued(head.id, plan: try session.plan(head).plan, style: style)
            switch RunPermission.of(head.revision, in: context) {
            case .asServiceUser: return lines
            case .walledIn(let how): return lines + HookText.note(how, style: style)
            case .planOnly(let why, let hint):
                return lines + HookText.note(why, style: style) + HookText.note("hint: \(hint)", style: style)
            }
        } catch let invalid as InvalidDefinition {
            return HookText.invalid(invalid.diagnostics, reference: reference, style: style)
        }
    }
}
