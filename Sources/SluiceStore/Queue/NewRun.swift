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
    /// Higher ones first among those of a repository; equal ones in the order of their coming.
    package var priority: Int
    /// nil: it excludes no other run, as one by hand.
    package var concurrency: Concurrency?

    package init(
        pipeline: String, path: String, repository: Repository, revision: Revision, trigger: Trigger,
        previous: ObjectID? = nil, options: RunOptions = RunOptions(), priority: Int = 0,
        concurrency: Concurrency? = nil
    ) {
        self.pipeline = pipeline
        self.path = path
        self.repository = repository
        self.revision = revision
        self.trigger = trigger
        self.previous = previous
        self.options = options
        self.priority = priority
        self.concurrency = concurrency
    }

    /// The name of the group of which one run is carried out at a time. Runs that are not trusted are among
    /// themselves: they hold up no trusted one.
    var group: String? {
        guard let concurrency, concurrency.group != .none else { return nil }
        let reference = concurrency.group == .reference ? revision.reference?.name : nil
        let words = [
            repository.gitDirectory, pipeline, reference ?? "", revision.isTrusted ? "trusted" : "not trusted",
        ]
        return JSONValue.array(words.map(JSONValue.string)).canonicalText
    }
}
