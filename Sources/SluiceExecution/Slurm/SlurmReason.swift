/// Why a job is pending: for ever, for a while that nobody knows, or as usual.
enum SlurmReason {
    case never, notNow, usual

    private static let impossible: Set<String> = [
        "PartitionConfig", "PartitionNodeLimit", "PartitionTimeLimit", "BadConstraints", "InvalidAccount",
        "InvalidQOS", "AccountNotAllowed", "QOSNotAllowed", "DependencyNeverSatisfied", "JobLaunchFailure",
        "launch_failed_requeued_held", "AssociationTimeLimit", "QOSMaxWallDurationPerJobLimit",
        "QOSMaxCpuPerJobLimit", "QOSMaxMemoryPerJob", "QOSMaxGRESPerJob", "QOSMaxNodePerJobLimit",
        "AssocMaxWallDurationPerJobLimit", "AssocMaxCpuPerJobLimit", "AssocMaxGRESPerJob", "AssocMaxMemPerJob",
        "QOSMinCpuNotSatisfied", "QOSMinMemory", "QOSMinGRES", "QOSJobLimit",
    ]

    private static let unavailable = [
        "ReqNodeNotAvail", "PartitionDown", "PartitionInactive", "NodeDown", "Nodes_required_for_job_are_DOWN",
        "Nodes required for job are DOWN", "JobHeldAdmin", "JobHeldUser", "ReservationDeleted",
    ]

    init(_ reason: String) {
        let word = String(reason.prefix { $0 != "," && $0 != " " })
        if Self.impossible.contains(word) {
            self = .never
        } else {
            self = Self.unavailable.contains { reason.hasPrefix($0) } ? .notNow : .usual
        }
    }
}

extension SlurmReason {
    /// Slurm's reason in words, with its own one behind: `other jobs hold what it needs (Resources)`.
    static func words(for reason: String) -> String {
        let word = String(reason.prefix { $0 != "," && $0 != " " })
        let explained = explanations[word] ?? families.first { word.hasPrefix($0.prefix) }?.words
        return explained.map { "\($0) (\(reason))" } ?? reason
    }

    private static let explanations = [
        "Resources": "other jobs hold what it needs",
        "Priority": "jobs before it come first",
        "BeginTime": "it may not begin yet",
        "Dependency": "a job that it depends on has not ended",
        "JobArrayTaskLimit": "as many jobs of its array run as may",
        "JobHeldAdmin": "an administrator holds it back",
        "JobHeldUser": "its user holds it back",
        "Licenses": "other jobs hold the licences that it needs",
        "NodeDown": "the node that it needs is down",
        "PartitionDown": "its partition is down",
        "PartitionInactive": "its partition is inactive",
        "Prolog": "its node is being made ready",
        "Reservation": "its reservation has not begun",
        "ReservationDeleted": "its reservation is gone",
        "ReqNodeNotAvail": "the nodes that it needs are not available",
    ]

    private static let families: [(prefix: String, words: String)] = [
        ("Nodes", "the nodes that it needs are down, drained or reserved"),
        ("QOSMax", "its user or account may hold no more in this QOS"),
        ("QOSGrp", "all jobs of this QOS together hold what it may have"),
        ("MaxCpuPerAccount", "its account holds what it may have"),
        ("QOS", "a limit of its QOS is reached"),
        ("AssocGrp", "all jobs of its account together hold what it may have"),
        ("Assoc", "a limit of its account is reached"),
    ]
}
