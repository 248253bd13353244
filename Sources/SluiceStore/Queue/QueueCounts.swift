import SluiceModel

/// How many runs are where, for `status`.
package struct QueueCounts: Sendable, Equatable {
    package var queued = 0
    package var waiting = 0
    package var running = 0
    package var ended: [RunOutcome: Int] = [:]

    package init() {}
}
