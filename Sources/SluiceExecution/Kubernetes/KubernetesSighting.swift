import SluiceModel

/// One Job and its pod as they were last seen, and what that means for the attempt.
struct KubernetesSighting: JobRow {
    let job: KubernetesObjects.Object
    let pod: KubernetesObjects.Object?
    /// The cluster takes the pod away, and its processes may still write their results.
    var isLeaving = false
    /// Why there is no pod, where the cluster says it: a quota that is used up.
    var obstacle: String?

    /// Why a pod waits that is ready for its files.
    static let awaitsFiles = "its files are on their way"

    var isPending: Bool { isOpen && pod?.status?.phase ?? "Pending" == "Pending" }

    /// An image that takes long to come is none that cannot be had.
    var isStuck: Bool {
        guard isPending, case .notNow = wait else { return false }
        return true
    }

    /// What a supervisor ends with that finds its attempt begun by another one.
    private static let begunElsewhere: Int32 = 75

    init(job: KubernetesObjects.Object, pod: KubernetesObjects.Object?) {
        self.job = job
        self.pod = pod
    }

    /// Of several pods: a cluster before 1.23 makes another one as soon as it takes one away. While that one still has its
    /// grace, it is the one that counts.
    init(job: KubernetesObjects.Object, pods: [KubernetesObjects.Object], at now: Timestamp) {
        let leaving = pods.first { $0.isLeaving(at: now) }
        let others = pods.sorted { $0.metadata.creationTimestamp ?? "" < $1.metadata.creationTimestamp ?? "" }
        self.init(job: job, pod: leaving ?? others.last { $0.metadata.deletionTimestamp == nil } ?? others.last)
        isLeaving = leaving != nil
    }

    /// `waited`: since it was first seen stuck.
    func sighting(waited: Duration, patience: Duration) -> JobSighting {
        // Of the pair `FailureTarget`, `Failed` only the second one says that its pods are gone; so for success.
        if job.condition("Complete") != nil { return .ended(ending(.completed, "Complete")) }
        if isLeaving { return .running }
        if let failed = job.condition("Failed") { return .ended(ending(cause(failed), words(failed))) }
        guard isPending else { return .running }
        switch wait {
        case .usual(let reason): return .pending(reason: reason)
        case .never(let reason): return .impossible(reason)
        case .notNow(let reason):
            guard waited >= patience else { return .pending(reason: reason) }
            return .impossible("\(reason), for \(Int(waited.inSeconds)) s now")
        }
    }

    private var isOpen: Bool { job.condition("Complete") == nil && job.condition("Failed") == nil }

    // MARK: Waiting

    private enum Wait { case usual(String), notNow(String), never(String) }

    private var wait: Wait {
        guard let pod else {
            return obstacle.map { .notNow("the cluster makes no pod for it (\($0))") }
                ?? .usual("the Job has no pod yet")
        }
        if let unscheduled = pod.status?.conditions?.first(where: { $0.type == "PodScheduled" && $0.status == "False" })
        {
            return .notNow(Self.words(unscheduled.reason, unscheduled.message))
        }
        let states = [pod.status?.initContainerStatuses, pod.status?.containerStatuses].map { $0?.first?.state }
        if states.first??.running != nil { return .usual(Self.awaitsFiles) }
        guard let waiting = states.compactMap({ $0?.waiting }).first, let reason = waiting.reason else {
            return .usual("the pod is being made")
        }
        switch reason {
        case "ContainerCreating", "PodInitializing": return .usual(Self.words(reason, nil))
        case "InvalidImageName", "ErrImageNeverPull": return .never(Self.words(reason, waiting.message))
        default: return .notNow(Self.words(reason, waiting.message))
        }
    }

    /// In words, with the cluster's own behind: `no node can take it (Unschedulable: 0/3 nodes are available)`.
    private static func words(_ reason: String?, _ message: String?) -> String {
        let own = [reason, message].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
        return reason.flatMap { explanations[$0] }.map { "\($0) (\(own))" } ?? own
    }

    private static let explanations = [
        "Unschedulable": "no node can take it",
        "SchedulingGated": "the cluster holds it back",
        "ContainerCreating": "its container is being made",
        "PodInitializing": "its container is being made",
        "ErrImagePull": "its image cannot be had",
        "ImagePullBackOff": "its image cannot be had",
        "InvalidImageName": "its image has no valid name",
        "ErrImageNeverPull": "its image is not on the node",
        "CreateContainerConfigError": "its container cannot be set up",
        "CreateContainerError": "its container cannot be made",
    ]

    // MARK: Ending

    private func ending(_ cause: JobEnding.Cause, _ words: String) -> JobEnding {
        JobEnding(cause: cause, words: words, message: container?.message.flatMap { ResultMessage($0) })
    }

    private var container: KubernetesObjects.Terminated? {
        pod?.status?.containerStatuses?.first?.state?.terminated
    }

    private func cause(_ failed: KubernetesObjects.Condition) -> JobEnding.Cause {
        if container?.reason == "OOMKilled" { return .outOfMemory }
        if failed.reason == "DeadlineExceeded" { return .timeout }
        guard let pod, !isTakenAway else { return .nodeFailed }
        switch pod.condition("DisruptionTarget")?.reason {
        case "PreemptionByScheduler": return .preempted
        case .some: return .nodeFailed
        case nil: break
        }
        switch pod.status?.reason {
        case "Evicted", "NodeLost", "NodeAffinity", "Shutdown", "Terminated", "UnexpectedAdmissionError":
            return .nodeFailed
        default: return .failed
        }
    }

    /// Nobody here deletes a pod and not its Job: it was the cluster, which may have made another one already.
    private var isTakenAway: Bool {
        job.metadata.deletionTimestamp == nil
            && (pod?.metadata.deletionTimestamp != nil || container?.exitCode == Self.begunElsewhere)
    }

    /// `Failed BackoffLimitExceeded, exit 137 OOMKilled`
    private func words(_ failed: KubernetesObjects.Condition) -> String {
        var text = "Failed" + (failed.reason.map { " \($0)" } ?? "")
        if isTakenAway, failed.reason != "DeadlineExceeded" { return text + ", its pod was taken away" }
        if let container { text += ", exit \(container.exitCode)" + (container.reason.map { " \($0)" } ?? "") }
        if let reason = pod?.status?.reason { text += ", pod \(reason)" }
        return pod == nil ? text + ", its pod is gone" : text
    }
}
