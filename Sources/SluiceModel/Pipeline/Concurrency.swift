/// Which runs of a repository exclude each other, and what a newer one does to an older one of its group.
package struct Concurrency: Sendable, Equatable {
    package var group: Group
    package var onNew: OnNew

    package init(group: Group = .reference, onNew: OnNew = .queue) {
        self.group = group
        self.onNew = onNew
    }

    /// Runs of a pipeline that are carried out one at a time: those of one reference, all of them, or none.
    package enum Group: String, Sendable, Codable, CaseIterable { case reference, pipeline, none }

    package enum OnNew: String, Sendable, Codable, CaseIterable {
        /// The newer one waits for the older one's end.
        case queue
        /// The older one is cancelled with its stages' grace, or dropped where it has not begun.
        case cancel
    }
}
