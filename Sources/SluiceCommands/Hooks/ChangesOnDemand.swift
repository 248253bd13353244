import SluiceModel

/// What a push changed, found out when somebody first asks: most filters never do.
final class ChangesOnDemand {
    private let find: () throws -> ChangedPaths
    private var found: ChangedPaths?

    init(_ find: @escaping () throws -> ChangedPaths) { self.find = find }

    func value() throws -> ChangedPaths {
        if let found { return found }
        let changes = try find()
        found = changes
        return changes
    }

    /// Whether a push to the reference is one that a filter waits for.
    func count(for filter: Triggers.Filter, on reference: Reference) throws -> Bool {
        guard filter.accepts(reference) else { return false }
        return try filter.paths.isEmpty || filter.accepts(changed: value().known)
    }
}
