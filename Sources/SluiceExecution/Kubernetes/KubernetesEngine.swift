import Glibc
import SluiceModel

/// Runs attempts as Jobs of a Kubernetes namespace, through `kubectl`.
///
/// Jobs are looked at once a second, by one call for all of this process.
struct KubernetesEngine: JobEngine {
    let name = "kubernetes"
    let terms: KubernetesTerms
    let kubectl: Kubectl
    private let headroom: Int64
    private let watch: JobWatch<KubernetesSighting>

    /// `headroom`: bytes beyond the grant for the supervisor itself.
    init(terms: KubernetesTerms, kubectl: Kubectl, headroom: Int64 = 128 << 20) {
        self.terms = terms
        self.kubectl = kubectl
        self.headroom = headroom
        watch = KubernetesLook.watch(kubectl)
    }

    func submit(_ order: JobOrder) -> Submission {
        let manifest = KubernetesManifest(order: order, terms: terms, headroom: headroom)
        let file = order.folder + "/job.json"
        guard writeAtomically(Array(manifest.job.canonicalText.utf8), to: file, mode: 0o600) else {
            return .unreachable("\(file) cannot be written: \(errorText(errno))")
        }
        let name = KubernetesManifest.name(order.key)
        let answer = kubectl.run(["create", "--filename=\(file)", "--output=name"])
        if answer.isGood || answer.complaint.contains("AlreadyExists") { return .accepted(name) }
        return Kubectl.isUnreachable(answer.complaint) ? .unreachable(answer.complaint) : .refused(answer.complaint)
    }

    func find(_ order: JobOrder) -> JobSearch {
        let name = KubernetesManifest.name(order.key)
        let answer = kubectl.run(["get", "job", name, "--ignore-not-found", "--output=name"])
        guard answer.isGood else { return .unreachable(answer.complaint) }
        return answer.lines.contains { $0.hasSuffix("/" + name) } ? .found(name) : .none
    }

    func sighting(of job: String) -> JobSighting { watch.sighting(of: job, patience: terms.patience) }

    /// The pod's status has said all.
    func explained(_ ending: JobEnding, in folder: String) -> JobEnding { ending }

    func unwatch(_ job: String) { watch.remove(job) }

    /// Its pod's first process is the supervisor: SIGTERM is for it alone, and the pod's grace is long enough for the
    /// stage's. The Job stays until the pod is gone.
    func stop(_ job: String) -> Bool { delete(job, ["--cascade=foreground"]) }

    func cancel(_ job: String, isImmediate: Bool) -> Bool {
        if isImmediate {
            _ = kubectl.run([
                "delete", "pods", "--selector=job-name=\(job)", "--grace-period=1", "--wait=false",
                "--ignore-not-found",
            ])
        }
        return delete(job, ["--cascade=foreground"])
    }

    private func delete(_ job: String, _ options: [String]) -> Bool {
        kubectl.run(["delete", "job", job, "--wait=false", "--ignore-not-found"] + options).isGood
    }
}

/// All Jobs of this namespace that are ours, with their pods, in one call.
enum KubernetesLook {
    private typealias Objects = KubernetesObjects

    private static let all = SharedWatches<Kubectl, KubernetesSighting>()

    /// Executors on one namespace share one.
    static func watch(_ kubectl: Kubectl) -> JobWatch<KubernetesSighting> {
        all.watch(kubectl) { JobWatch { rows(kubectl) } }
    }

    private static func rows(_ kubectl: Kubectl) -> Result<[String: KubernetesSighting], UnreadableFile> {
        let selector = "--selector=\(KubernetesManifest.managedBy)=\(KubernetesManifest.manager)"
        let answer: Result<Objects.List<Objects.Object>, UnreadableFile> = kubectl.get(["jobs,pods", selector])
        return answer.map { list in
            let pods = Dictionary(list.items.compactMap { pod in pod.job.map { ($0, pod) } }) { _, last in last }
            let jobs = list.items.filter { !$0.isPod }
            return Dictionary(jobs.map { ($0.metadata.name, sighting($0, pods[$0.metadata.name], kubectl)) }) { $1 }
        }
    }

    private static func sighting(
        _ job: Objects.Object, _ pod: Objects.Object?, _ kubectl: Kubectl
    ) -> KubernetesSighting {
        var row = KubernetesSighting(job: job, pod: pod)
        if pod == nil, row.isPending { row.obstacle = obstacle(job.metadata.name, kubectl) }
        return row
    }

    /// A Job without a pod: the cluster's events say what it lacks, for example what is left of a quota.
    private static func obstacle(_ job: String, _ kubectl: Kubectl) -> String? {
        let selector = "--field-selector=involvedObject.kind=Job,involvedObject.name=\(job),reason=FailedCreate"
        let events: Result<Objects.List<Objects.Event>, UnreadableFile> = kubectl.get(["events", selector])
        return try? events.get().items.last?.message
    }
}
