import SluiceModel

/// A run that is to be, before it has a number.
package struct NewRun: Sendable, Equatable {
    package var pipeline: String
    /// The definition's path in the tree.
    package var path: String
    package var repository: Repository
    package var revision: Revision
    package var trigger: Trigger
    /// What the push replaced.
    package var previous: ObjectID?
    package var options: RunOptions
    /// Higher ones first; equal ones in the order of their coming.
    package var priority: Int

    package init(
        pipeline: String, path: String, repository: Repository, revision: Revision, trigger: Trigger,
        previous: ObjectID? = nil, options: RunOptions = RunOptions(), priority: Int = 0
    ) {
        self.pipeline = pipeline
        self.path = path
        self.repository = repository
        self.revision = revision
        self.trigger = trigger
        self.previous = previous
        self.options = options
        self.priority = priority
    }
}
