/// A run as the queue and lists see it.
package struct RunHead: Sendable, Equatable {
    package var id: RunID
    package var pipeline: String
    /// The definition's path in the tree.
    package var path: String
    package var repository: Repository
    package var revision: Revision
    package var trigger: Trigger
    package var state: RunPhase
    package var outcome: RunOutcome?
    package var isDegraded: Bool
    package var queued: Timestamp
    package var started: Timestamp?
    package var ended: Timestamp?
    /// What the push replaced, for changed paths; nil for runs by hand.
    package var previous: ObjectID?
    /// `--set` overrides, profile and stage choices of a run by hand.
    package var options: RunOptions

    package init(
        id: RunID, pipeline: String, path: String, repository: Repository, revision: Revision, trigger: Trigger,
        state: RunPhase = .queued, outcome: RunOutcome? = nil, isDegraded: Bool = false, queued: Timestamp,
        started: Timestamp? = nil, ended: Timestamp? = nil, previous: ObjectID? = nil,
        options: RunOptions = RunOptions()
    ) {
        self.id = id
        self.pipeline = pipeline
        self.path = path
        self.repository = repository
        self.revision = revision
        self.trigger = trigger
        self.state = state
        self.outcome = outcome
        self.isDegraded = isDegraded
        self.queued = queued
        self.started = started
        self.ended = ended
        self.previous = previous
        self.options = options
    }
}

/// A repository as the state folder knows it.
package struct Repository: Sendable, Hashable, Codable {
    /// Absolute, of the git directory; its identity in records.
    package var gitDirectory: String
    package var isBare: Bool

    package init(gitDirectory: String, isBare: Bool) {
        self.gitDirectory = gitDirectory
        self.isBare = isBare
    }
}

/// What a person asked for on the command line.
package struct RunOptions: Sendable, Equatable, Codable {
    /// Overrides of `params.*`.
    package var overrides: [String: JSONValue]
    /// Only these stages and what they need; empty: all.
    package var stages: [String]
    /// The profile for every stage that has it.
    package var profile: String?
    /// Go on with stages that do not depend on a failed one.
    package var keepGoing: Bool
    package var changedSince: ObjectID?

    package init(
        overrides: [String: JSONValue] = [:], stages: [String] = [], profile: String? = nil,
        keepGoing: Bool = false, changedSince: ObjectID? = nil
    ) {
        self.overrides = overrides
        self.stages = stages
        self.profile = profile
        self.keepGoing = keepGoing
        self.changedSince = changedSince
    }
}
