/// The job of a CI system that runs us, as its documented environment describes it. What a fork may have chosen, names
/// above all, is a value here and decides nothing but what is compared with what.
package struct CIJob: Sendable, Equatable {
    package enum System: String, Sendable, CaseIterable {
        case github, gitlab
        /// Any other one: `CI` is set, and nothing else is known.
        case other
    }

    package enum Event: Sendable, Equatable {
        /// A branch or a tag was pushed; nil: it is new, or what it held before is not told.
        case push(before: ObjectID?)
        /// A pull request or merge request.
        case change(into: Target)
        /// A schedule, a person's click, another pipeline: by the system's word for it.
        case other(String)
    }

    /// What a pull request is to be merged into.
    package struct Target: Sendable, Equatable {
        package var branch: Reference?
        /// Where the branch was when the job was made.
        package var tip: ObjectID?
        /// Where the change left it, as the system has found out.
        package var mergeBase: ObjectID?
        /// Whether `commit` is the system's own merge of both, the target's tip being its first parent.
        package var isMerged: Bool

        package init(
            branch: Reference? = nil, tip: ObjectID? = nil, mergeBase: ObjectID? = nil, isMerged: Bool = false
        ) {
            self.branch = branch
            self.tip = tip
            self.mergeBase = mergeBase
            self.isMerged = isMerged
        }
    }

    package var system: System
    package var event: Event
    /// What was pushed, or the system's reference of the pull request.
    package var reference: Reference?
    /// What the job is about; nil where the system does not say it.
    package var commit: ObjectID?
    /// Of a pull request, where `commit` is a merge: what was pushed to it.
    package var head: ObjectID?
    package var defaultBranch: Reference?
    /// The folder that paths in annotations start from.
    package var workspace: String?
    /// A file to which a summary in Markdown is appended.
    package var summaryFile: String?

    package init(
        system: System, event: Event, reference: Reference? = nil, commit: ObjectID? = nil, head: ObjectID? = nil,
        defaultBranch: Reference? = nil, workspace: String? = nil, summaryFile: String? = nil
    ) {
        self.system = system
        self.event = event
        self.reference = reference
        self.commit = commit
        self.head = head
        self.defaultBranch = defaultBranch
        self.workspace = workspace
        self.summaryFile = summaryFile
    }

    /// Whether the job is about a commit: the one that the system names, or the head of its pull request. A checkout of
    /// another commit, or of another repository, takes nothing of the event on itself.
    package func isAbout(_ oid: ObjectID) -> Bool { commit == nil || commit == oid || head == oid }

    /// Whether the operator's rules for references apply: to pushes. A pull request is never trusted, whatever branch
    /// its event names. Of an unknown system nobody can tell, and the rules alone decide.
    package var mayBeTrusted: Bool {
        if case .push = event { return true }
        return system == .other
    }
}
