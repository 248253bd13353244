/// A pipeline definition, parsed and valid in itself: what `pipelines/*.yaml` of a revision says.
package struct Pipeline: Sendable, Equatable {
    package var name: String
    package var description: String?
    /// The definition's path in the tree.
    package var path: String
    package var params: Params
    package var triggers: Triggers
    /// The named profiles, in the order of the file.
    package var profiles: [Profile]
    package var budget: BudgetPolicy
    /// Larger goes first in the queue, among the runs of its repository.
    package var priority: Int
    package var concurrency: Concurrency
    package var stages: [Stage]

    package init(
        name: String, description: String? = nil, path: String, params: Params = .inline(.emptyObject),
        triggers: Triggers = Triggers(), profiles: [Profile] = [], budget: BudgetPolicy = BudgetPolicy(),
        priority: Int = 0, concurrency: Concurrency = Concurrency(), stages: [Stage]
    ) {
        self.name = name
        self.description = description
        self.path = path
        self.params = params
        self.triggers = triggers
        self.profiles = profiles
        self.budget = budget
        self.priority = priority
        self.concurrency = concurrency
        self.stages = stages
    }

    /// Where the values of `params.*` come from.
    package enum Params: Sendable, Equatable {
        case inline(JSONValue)
        case file(Located<String>)
    }

    package func stage(named name: String) -> Stage? { stages.first { $0.name == name } }
}

/// What starts a pipeline; without any it is started by hand.
package struct Triggers: Sendable, Equatable {
    package var push: Filter?
    package var prePush: Filter?
    package var preReceive: Filter?
    /// Whether `pre-receive` rejects a push for which the pipeline is not valid or is refused.
    package var isPreReceiveEnforced: Bool

    package init(
        push: Filter? = nil, prePush: Filter? = nil, preReceive: Filter? = nil, isPreReceiveEnforced: Bool = false
    ) {
        self.push = push
        self.prePush = prePush
        self.preReceive = preReceive
        self.isPreReceiveEnforced = isPreReceiveEnforced
    }

    /// Which references and changes count. An empty `paths` counts every change.
    package struct Filter: Sendable, Equatable {
        package var branches: [Glob]
        package var tags: [Glob]
        package var paths: [Glob]

        package init(branches: [Glob] = [], tags: [Glob] = [], paths: [Glob] = []) {
            self.branches = branches
            self.tags = tags
            self.paths = paths
        }

        package func accepts(_ reference: Reference) -> Bool {
            if let branch = reference.branch { return branches.contains { $0.matches(branch) } }
            if let tag = reference.tag { return tags.contains { $0.matches(tag) } }
            return false
        }

        /// Whether one of the changed paths counts; `nil` means that everything changed.
        package func accepts(changed: [String]?) -> Bool {
            guard !paths.isEmpty, let changed else { return true }
            return changed.contains { path in paths.contains { $0.matches(path) } }
        }
    }
}
