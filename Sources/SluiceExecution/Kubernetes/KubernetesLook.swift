import Glibc
import SluiceModel

/// All Jobs of a namespace that a state folder's runners have made, with their pods, in one call.
struct KubernetesLook: Hashable {
    private typealias Objects = KubernetesObjects

    let kubectl: Kubectl
    let owner: String?

    private static let all = SharedWatches<KubernetesLook, KubernetesSighting>()

    /// Executors on one namespace share one.
    var watch: JobWatch<KubernetesSighting> { Self.all.watch(self) { JobWatch { rows() } } }

    func rows() -> Result<[String: KubernetesSighting], UnreadableFile> {
        let answer: Result<Objects.List<Objects.Object>, UnreadableFile> =
            kubectl.get(["jobs,pods", KubernetesLabels.selector(owner)])
        return answer.map { list in
            let pods = Dictionary(grouping: list.items.filter(\.isPod)) { $0.job ?? "" }
            let jobs = list.items.filter { !$0.isPod }
            return Dictionary(jobs.map { ($0.metadata.name, sighting($0, pods[$0.metadata.name] ?? [])) }) { $1 }
        }
    }

    private func sighting(_ job: Objects.Object, _ pods: [Objects.Object]) -> KubernetesSighting {
        var row = KubernetesSighting(job: job, pods: pods, at: Timestamp(milliseconds: Int64(time(nil)) * 1000))
        if row.pod == nil, row.isPending { row.obstacle = obstacle(job.metadata.name) }
        return row
    }

    /// A Job without a pod: the cluster's events say what it lacks, for example what is left of a quota.
    private func obstacle(_ job: String) -> String? {
        let selector = "--field-selector=involvedObject.kind=Job,involvedObject.name=\(job),reason=FailedCreate"
        let events: Result<Objects.List<Objects.Event>, UnreadableFile> = kubectl.get(["events", selector])
        return try? events.get().items.last?.message
    }
}
