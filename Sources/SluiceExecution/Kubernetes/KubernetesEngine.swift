import Glibc
import SluiceModel

/// Runs attempts as Jobs of a Kubernetes namespace, through `kubectl`.
///
/// Jobs are looked at once a second, by one call for all of this process.
struct KubernetesEngine: JobEngine {
    let name = "kubernetes"
    let terms: KubernetesTerms
    let kubectl: Kubectl
    let owner: String?
    private let carried: String?
    private let headroom: Int64
    private let watch: JobWatch<KubernetesSighting>

    var secretsFolder: String? { KubernetesManifest.secretsFolder }
    var messageFile: String? { KubernetesManifest.messageFile }

    /// `owner` is the state folder's identity, by which its objects are told from those of others; `carried`: the folder
    /// whose attempts are carried to pods where these share none; `headroom`: bytes beyond the grant for the supervisor
    /// itself.
    init(
        terms: KubernetesTerms, kubectl: Kubectl, owner: String?, carried: String? = nil, headroom: Int64 = 128 << 20
    ) {
        self.terms = terms
        self.kubectl = kubectl
        self.owner = owner
        self.carried = carried
        self.headroom = headroom
        watch = KubernetesLook(kubectl: kubectl, owner: owner).watch
    }

    /// What an earlier call has done already is not done again.
    func submit(_ order: JobOrder) -> Submission {
        // No plan places a deploy here; one that was made before the operator took the shared folder away may.
        if order.deploys, carried != nil {
            return .refused("a deploy needs a folder that outlives its pod: give the executor a `shared_root`")
        }
        let manifest = KubernetesManifest(
            order: order, terms: terms, owner: owner, carried: carried, headroom: headroom)
        let file = order.folder + "/job.json"
        guard writeAtomically(Array(manifest.job.canonicalText.utf8), to: file, mode: 0o600) else {
            return .unreachable("\(file) cannot be written: \(errorText(errno))")
        }
        let job = KubernetesManifest.name(order.key)
        let created = create(file)
        guard created.isGood || created.complaint.contains("AlreadyExists") else { return verdict(created) }
        return order.secrets.isEmpty ? .accepted(job) : bringSecrets(order, to: job, manifest.labels)
    }

    /// A cluster before 1.21 cannot hold a Job back, and says so: there the pod waits for its Secret as for any volume.
    private func create(_ file: String) -> EngineProgram.Answer {
        let create = ["create", "--filename=\(file)", "--output=name"]
        let created = kubectl.run(create)
        let isTooNew = created.complaint.contains("unknown field") && created.complaint.contains(#"suspend""#)
        return isTooNew ? kubectl.run(create + ["--validate=false"]) : created
    }

    private func verdict(_ answer: EngineProgram.Answer) -> Submission {
        Kubectl.isUnreachable(answer.complaint) ? .unreachable(answer.complaint) : .refused(answer.complaint)
    }

    /// Then the Job may start. One that cannot have them is removed again.
    private func bringSecrets(_ order: JobOrder, to job: String, _ labels: KubernetesLabels) -> Submission {
        let known: Result<KubernetesObjects.Object, UnreadableFile> = kubectl.get(["job", job])
        guard case .success(let object) = known, let uid = object.metadata.uid else {
            return .unreachable("the Job \(job) cannot be read to give it its Secret")
        }
        let secret = KubernetesSecret(order: order, labels: labels, uid: uid).json.canonicalText
        let made = kubectl.run(["create", "--filename=-", "--output=name"], input: Array(secret.utf8))
        guard made.isGood || made.complaint.contains("AlreadyExists") else { return given(up: job, made) }
        let started = kubectl.run(["patch", "job", job, "--type=merge", #"--patch={"spec":{"suspend":false}}"#])
        return started.isGood ? .accepted(job) : given(up: job, started)
    }

    private func given(up job: String, _ answer: EngineProgram.Answer) -> Submission {
        let verdict = verdict(answer)
        if case .refused = verdict { _ = delete(job, ["--cascade=background"]) }
        return verdict
    }

    func find(_ order: JobOrder) -> JobSearch {
        let name = KubernetesManifest.name(order.key)
        let answer = kubectl.run(["get", "job", name, "--ignore-not-found", "--output=json"])
        guard answer.isGood else { return .unreachable(answer.complaint) }
        guard !answer.lines.isEmpty else { return .none }
        guard let job: KubernetesObjects.Object = WireJSON.decode(answer.data) else {
            return .unreachable("kubectl's answer is no JSON that is understood")
        }
        // Of a cluster that cannot hold it back nobody knows.
        return !order.secrets.isEmpty && job.spec?.suspend != false ? .halfway(name) : .found(name)
    }

    func carrier(_ order: JobOrder, of request: AttemptRequest, job: String) -> (any JobCarrier)? {
        guard let carried else { return nil }
        let watch = watch, patience = terms.patience
        return KubernetesCarrier(
            kubectl: kubectl, job: job, parcel: Parcel(of: request, root: carried),
            files: AttemptFiles(of: request), patience: patience
        ) { watch.sighting(of: job, patience: patience) }
    }

    func sighting(of job: String, in folder: String) -> JobSighting {
        watch.sighting(of: job, patience: terms.patience)
    }

    /// The pod's status has said all.
    func explained(_ ending: JobEnding, in folder: String) -> JobEnding { ending }

    func unwatch(_ job: String) { watch.remove(job) }

    /// Its pod's first process is the supervisor: SIGTERM is for it alone, and the pod's grace is long enough for the
    /// stage's.
    func stop(_ job: String, in folder: String) -> Bool { end(job, []) }

    func cancel(_ job: String, in folder: String, isImmediate: Bool) -> Bool {
        end(job, isImmediate ? ["--grace-period=1"] : [])
    }

    /// The Job goes first, or a cluster may make another pod for it, and stays until the pod is gone. The pod is deleted as
    /// well: whoever collects what belongs to a deleted Job may be slow.
    private func end(_ job: String, _ options: [String]) -> Bool {
        guard delete(job, ["--cascade=foreground"]) else { return false }
        _ = kubectl.run(
            ["delete", "pods", "--selector=job-name=\(job)", "--wait=false", "--ignore-not-found"] + options)
        return true
    }

    /// A Job without a result stays until its run has ended: another runner may have to ask how it ended.
    func discard(_ order: JobOrder, hasResult: Bool) {
        let name = KubernetesManifest.name(order.key)
        if hasResult { _ = delete(name, ["--cascade=background"]) }
        guard !order.secrets.isEmpty else { return }
        _ = kubectl.run(["delete", "secret", name, "--wait=false", "--ignore-not-found"])
    }

    private func delete(_ job: String, _ options: [String]) -> Bool {
        kubectl.run(["delete", "job", job, "--wait=false", "--ignore-not-found"] + options).isGood
    }
}
