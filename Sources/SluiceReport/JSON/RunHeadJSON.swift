import SluiceModel

/// The head fields of a run, as `runs list` has them and `runs show` begins.
struct RunHeadJSON: Encodable {
    private let id: RunID
    private let pipeline, repository, trigger, state: String
    private let revision: RevisionJSON
    private let outcome: OrNull<String>
    private let degraded: Bool
    private let queued: Timestamp
    private let started, ended: OrNull<Timestamp>

    init(_ head: RunHead) {
        id = head.id
        pipeline = head.pipeline
        repository = head.repository.gitDirectory
        revision = RevisionJSON(head.revision)
        trigger = head.trigger.rawValue
        state = head.state.rawValue
        outcome = OrNull(head.outcome?.rawValue)
        degraded = head.isDegraded
        queued = head.queued
        started = OrNull(head.started)
        ended = OrNull(head.ended)
    }
}
