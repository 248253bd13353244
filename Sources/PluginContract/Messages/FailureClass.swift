/// Who is to blame for an `error`, which decides whether a retry makes sense.
public enum FailureClass: String, Hashable, Sendable, CaseIterable {
    case config, user, transient, resource, dependency, `internal`

    /// The exit statuses that agree with it.
    public var exitStatuses: [Int32] {
        switch self {
        case .config: [11, 12]
        case .user: [12]
        case .transient: [20]
        case .resource: [21]
        case .dependency: [22]
        case .internal: [1]
        }
    }
}
