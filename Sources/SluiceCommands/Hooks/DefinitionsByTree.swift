import SluiceModel
import SluicePlanning

/// The pipelines of what a push brings: many references of one tree are read once.
struct DefinitionsByTree {
    private var known: [ObjectID: [Definition]] = [:]

    mutating func all(in opened: OpenRevision) throws -> [Definition] {
        if let known = known[opened.revision.tree] { return known }
        let read = try PlanMaker.definitions(in: opened.tree)
        known[opened.revision.tree] = read
        return read
    }
}
