import Foundation
import Glibc
import SluiceModel
import Synchronization
import Testing

@testable import SluiceExecution

/// What is Kubernetes' own and needs no cluster.
@Suite("Kubernetes manifests and amounts")
struct KubernetesTests {
    static let terms = KubernetesTerms(
        namespace: "ml", image: "registry/sluice:1", claim: "data", sharedRoot: "/shared", serviceAccount: "runner")

    static func order(gpus: Int64 = 0, secrets: [String] = []) -> JobOrder {
        JobOrder(
            key: "0123456789abcdef0123456789abcdef", stage: "train[model=x]",
            program: ["/usr/local/bin/sluice", "attempt", "a", "b"],
            searchPath: "/usr/bin:/bin", folder: "/shared/a/node",
            request: ResourceRequest(
                cpus: Amount(billionths: Amount.unit * 3 / 2), memory: 1 << 30, gpus: gpus),
            time: .milliseconds(90_500), grace: .seconds(40), run: RunID(7),
            number: 2,
            secrets: secrets.map { Secret(name: $0, value: Array("not to be seen".utf8)) })
    }

    @Test("a manifest asks for what was granted, once, and hides the cluster from the stage")
    func manifest() throws {
        let job = KubernetesManifest(
            order: Self.order(gpus: 2), terms: Self.terms, owner: "0123456789abcdef", headroom: 64 << 20
        ).job
        let spec = try #require(job["spec"])
        #expect(job["metadata"]?["name"]?.stringValue == "sluice-0123456789abcdef0123456789abcdef")
        #expect(spec["backoffLimit"] == .integer(0) && spec["activeDeadlineSeconds"] == .integer(91))
        let pod = try #require(spec["template"]?["spec"])
        #expect(pod["restartPolicy"]?.stringValue == "Never" && pod["terminationGracePeriodSeconds"] == .integer(40))
        #expect(
            pod["automountServiceAccountToken"] == .bool(false) && pod["serviceAccountName"]?.stringValue == "runner")
        guard case .array(let containers)? = pod["containers"] else { throw TestFailure("a list of containers") }
        let container = try #require(containers.first)
        let amounts: JSONValue = .object([
            "cpu": .string("1500m"), "memory": .string("1140850688"), "nvidia.com/gpu": .string("2"),
        ])
        #expect(container["resources"] == .object(["requests": amounts, "limits": amounts]))
        #expect(container["command"] == .array(["/usr/local/bin/sluice", "attempt", "a", "b"].map { .string($0) }))
    }

    @Test("generated manifests pass the strict schema of Kubernetes", .enabled(if: Kubernetes.validator != nil))
    func schema() throws {
        let folder = try Attempts()
        var terms = Self.terms
        terms.subPath = "team/sluice"
        let plain = Self.order(), rich = Self.order(gpus: 1, secrets: ["TOKEN"])
        var carrying = Self.terms
        (carrying.claim, carrying.sharedRoot) = (nil, nil)
        let all = [(plain, Self.terms, nil), (rich, terms, nil), (rich, carrying, "/state/carried/a1")]
        for (order, terms, carried) in all {
            let owner = "0123456789abcdef"
            let job = KubernetesManifest(order: order, terms: terms, owner: owner, carried: carried, headroom: 0).job
            try folder.write("job.json", job.canonicalText)
            let validator = try #require(Kubernetes.validator)
            #expect(Kubernetes.run(validator, ["--strict", "\(folder.root)/job.json"]).isGood)
            // The check is one that can fail.
            try folder.write("job.json", job.canonicalText.replacing("backoffLimit", with: "backoffLimt"))
            #expect(!Kubernetes.run(validator, ["--strict", "\(folder.root)/job.json"]).isGood)
        }
        let labels = KubernetesLabels(order: rich, owner: "0123456789abcdef")
        try folder.write("secret.json", KubernetesSecret(order: rich, labels: labels, uid: "u").json.canonicalText)
        let validator = try #require(Kubernetes.validator)
        #expect(Kubernetes.run(validator, ["--strict", "\(folder.root)/secret.json"]).isGood)
    }

    @Test("a Job of an attempt with secrets names its Secret and waits for it, and holds no value")
    func secrets() throws {
        let manifest = { (secrets: [String]) in
            KubernetesManifest(order: Self.order(secrets: secrets), terms: Self.terms, owner: nil, headroom: 0).job
        }
        let job = manifest(["TOKEN"])
        #expect(job["spec"]?["suspend"] == .bool(true) && manifest([])["spec"]?["suspend"] == nil)
        #expect(job.canonicalText.contains(#""secretName":"sluice-0123456789abcdef0123456789abcdef""#))
        #expect(!job.canonicalText.contains("not to be seen") && !job.canonicalText.contains("TOKEN"))
        #expect(!manifest([]).canonicalText.contains("secretName"))
    }

    @Test("the part of the claim's volume that the operator names is mounted")
    func subPath() throws {
        var terms = Self.terms
        terms.subPath = "team/sluice"
        let job = KubernetesManifest(order: Self.order(), terms: terms, owner: nil, headroom: 0).job
        #expect(job.canonicalText.contains(#"{"mountPath":"/shared","name":"shared","subPath":"team/sluice"}"#))
    }

    @Test(
        "amounts are read as Kubernetes writes them",
        arguments: [
            ("500m", "0.5"), ("2", "2"), ("1.5", "1.5"), ("16Gi", "17179869184"), ("2k", "2000"), ("1e3", "1000"),
            ("100n", "0.0000001"), ("1Ti", "1099511627776"),
        ])
    func quantity(_ text: String, _ value: String) { #expect(KubernetesQuantity.amount(text)?.description == value) }

    @Test("what is no amount is none", arguments: ["", "m", "x", "1Xi", "--1", "99999999999999999999Ti"])
    func noQuantity(_ text: String) { #expect(KubernetesQuantity.amount(text) == nil) }

    @Test("a quota is a pool: the least of each resource under any of its names")
    func quota() {
        let amounts = KubernetesAmounts(
            [["requests.cpu": "8", "limits.cpu": "6", "requests.memory": "4Gi"], ["memory": "2Gi"]],
            gpu: "nvidia.com/gpu", prefixes: ["requests.", "limits.", ""])
        #expect(amounts.request == ResourceRequest(cpus: Amount(6), memory: 2 << 30, gpus: 0))
    }
}

/// What a cluster does besides running pods; each test has a stand-in of its own. Where there is no `kubectl`,
/// `ExecutorConformanceTests` says so.
@Suite("Kubernetes", .enabled(if: Kubernetes.isHere, "there is no kubectl"))
struct KubernetesClusterTests {
    private func run(
        _ attempts: Attempts, _ request: AttemptRequest, _ engine: KubernetesEngine
    ) async -> AttemptResult {
        await attempts.run(request, by: Lane.remote(engine, attempts))
    }

    @Test(
        "a node that is lost makes a lost attempt, a pod that is out of memory one over its limit",
        arguments: [false, true])
    func lost(_ isOld: Bool) async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        async let running = run(attempts, attempts.script("touch ready; sleep 600"), cluster.engine())
        try await attempts.appearance(of: "workspace/ready")
        try cluster.control(#"{"node_failure": true, "old": \#(isOld)}"#)
        let lost = await running
        #expect(lost.outcome == .lost && lost.error?.code == "kubernetes.node_failed", "\(lost)")
        let others = try Attempts()
        async let second = run(others, others.script("touch ready; sleep 600"), cluster.engine())
        try await others.appearance(of: "workspace/ready")
        try cluster.control(#"{"oom": true}"#)
        let over = await second
        #expect(over.outcome == .overLimit && over.error?.code == "limit.memory", "\(over)")
    }

    @Test("what waits says why: a quota, the scheduler, an image; and goes on when there is room")
    func waiting() async throws {
        let cluster = try Kubernetes.Cluster()
        let states = [
            (#"{"quota": {"requests.cpu": "100m"}}"#, "exceeded quota"),
            (#"{"capacity": {"cpu": "100m"}}"#, "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu."),
            (#"{"images": []}"#, "ImagePullBackOff"),
        ]
        for (state, words) in states {
            try cluster.control(state)
            let attempts = try Attempts()
            async let running = run(attempts, attempts.script("true"), cluster.engine())
            try await attempts.holds { attempts in
                attempts.events.contains { event in
                    if case .waiting(let reason) = event { reason.contains(words) } else { false }
                }
            }
            try cluster.control("{}")
            #expect(await running.outcome == .succeeded, "\(words)")
        }
    }

    @Test("a pod that nobody can serve is given up after the operator's patience")
    func impatient() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        var request = attempts.script("true")
        request.grant.request.gpus = 8
        let result = await run(attempts, request, cluster.engine(patience: .seconds(1)))
        #expect(result.outcome == .failed && result.error?.code == "kubernetes.impossible", "\(result)")
        #expect(result.error?.message.contains("Insufficient nvidia.com/gpu") == true)
    }

    @Test("while the API server does not answer, an attempt goes on and is found when it does")
    func unreachable() async throws {
        let cluster = try Kubernetes.Cluster()
        try cluster.control(#"{"unreachable": true}"#)
        let attempts = try Attempts()
        let script = attempts.script("echo ran >> trace; while [ ! -e go ]; do sleep 0.02; done")
        async let running = run(attempts, script, cluster.engine())
        try await attempts.holds { $0.events.contains { if case .waiting = $0 { true } else { false } } }
        try cluster.control("{}")
        try await attempts.appearance(of: "workspace/trace")
        try cluster.control(#"{"unreachable": true}"#)
        try await attempts.holds { $0.shown.contains { $0.contains("does not answer") } }
        try attempts.write("workspace/go", "")
        #expect(await running.outcome == .succeeded)
        #expect(attempts.read("workspace/trace") == "ran\n")
    }

    @Test("an attempt gets the GPUs that the cluster gave it, and nothing of the runner's environment")
    func gpus() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        var request = attempts.script("echo gpus $CUDA_VISIBLE_DEVICES; env | cut -d= -f1 | tr '\\n' ' '")
        request.grant.request.gpus = 2
        let result = await run(attempts, request, cluster.engine())
        #expect(result.outcome == .succeeded && result.devices == ["0", "1"], "\(result)")
        #expect(attempts.shown.contains("gpus 0,1"))
        #expect(!attempts.shown.contains { $0.contains("KUBE") || $0.contains("SLUICE_TEST") })
    }

    @Test("a namespace's quota is its pool, else what its nodes have")
    func pool() throws {
        let cluster = try Kubernetes.Cluster()
        let nodes = try cluster.pool().capacity().get()
        #expect(nodes == ResourceRequest(cpus: Amount(8), memory: 32 << 30, gpus: 2))
        try cluster.control(
            #"{"quota": {"requests.cpu": "3500m", "requests.memory": "6Gi", "requests.nvidia.com/gpu": "1"}}"#)
        let quota = try cluster.pool().capacity().get()
        #expect(quota == ResourceRequest(cpus: Amount(decimal: "3.5") ?? .zero, memory: 6 << 30, gpus: 1))
    }
}

/// What is read of a cluster's objects, by recorded ones.
@Suite("What Kubernetes says of a Job")
struct KubernetesSightingTests {
    private static func object(_ text: String) throws -> KubernetesObjects.Object {
        try #require(WireJSON.decode(Array(text.utf8)))
    }

    private static func sighting(_ job: String, _ pod: String?, waited: Duration = .zero) throws -> JobSighting {
        let pod = try pod.map { try object(#"{"kind":"Pod","metadata":{"name":"p"},"status":\#($0)}"#) }
        let job = try object(#"{"kind":"Job","metadata":{"name":"j"},"status":\#(job)}"#)
        return KubernetesSighting(job: job, pod: pod).sighting(waited: waited, patience: .seconds(60))
    }

    private static let failed = """
        {"conditions":[{"type":"FailureTarget","status":"True","reason":"R"},{"type":"Failed","status":"True","reason":"R"}]}
        """

    @Test("the first condition of a pair is not the end")
    func pair() throws {
        let target = #"{"conditions":[{"type":"FailureTarget","status":"True","reason":"BackoffLimitExceeded"}]}"#
        let pod = #"{"phase":"Failed"}"#
        #expect(try Self.sighting(target, pod) == .running)
        #expect(try Self.sighting(Self.failed, pod) == .ended(JobEnding(cause: .failed, words: "Failed R")))
        let success = #"{"conditions":[{"type":"SuccessCriteriaMet","status":"True"}]}"#
        #expect(try Self.sighting(success, #"{"phase":"Succeeded"}"#) == .running)
    }

    static let failures: [(pod: String?, cause: JobEnding.Cause, words: String)] = [
        (
            #"{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}"#,
            .outOfMemory, "Failed R, exit 137 OOMKilled"
        ),
        (#"{"phase":"Failed","reason":"Evicted"}"#, .nodeFailed, "Failed R, pod Evicted"),
        (
            #"{"phase":"Failed","conditions":[{"type":"DisruptionTarget","status":"True","reason":"PreemptionByScheduler"}]}"#,
            .preempted, "Failed R"
        ),
        (
            #"{"phase":"Failed","conditions":[{"type":"DisruptionTarget","status":"True","reason":"DeletionByTaintManager"}]}"#,
            .nodeFailed, "Failed R"
        ),
        (nil, .nodeFailed, "Failed R, its pod is gone"),
    ]

    @Test("a failure is told by its pod", arguments: failures)
    func causes(_ expected: (pod: String?, cause: JobEnding.Cause, words: String)) throws {
        #expect(
            try Self.sighting(Self.failed, expected.pod)
                == .ended(JobEnding(cause: expected.cause, words: expected.words)))
    }

    /// As 1.20 showed it when a node was lost: the Job, the pod there, the one that took its place.
    private static let takenAway = """
        {"kind":"Pod","metadata":{"name":"p-b","creationTimestamp":"2026-11-27T12:47:42Z",\
        "deletionTimestamp":"2026-11-27T12:49:01Z"},"status":{"phase":"Running","containerStatuses":[{"state":\
        {"running":{"startedAt":"2026-11-27T12:47:43Z"}}}]}}
        """
    private static let inItsPlace = """
        {"kind":"Pod","metadata":{"name":"p-a","creationTimestamp":"2026-11-27T12:48:13Z"},"status":{"phase":"Failed",\
        "containerStatuses":[{"state":{"terminated":{"exitCode":75,"reason":"Error"}}}]}}
        """

    private static func sighting(_ job: String, _ pods: [String], at time: String) throws -> JobSighting {
        let job = try object(#"{"kind":"Job","metadata":{"name":"j"},"status":\#(job)}"#)
        let now = try #require(Timestamp(time))
        return KubernetesSighting(job: job, pods: try pods.map(object), at: now)
            .sighting(waited: .zero, patience: .seconds(60))
    }

    @Test("a pod that the cluster takes away counts until its grace is over, whatever was made in its place")
    func takenAway() throws {
        let (early, late) = ("2026-11-27T12:49:20.000Z", "2026-11-27T12:49:32.000Z")
        let pods = [Self.inItsPlace, Self.takenAway]
        #expect(try Self.sighting("{}", pods, at: early) == .running)
        #expect(try Self.sighting(Self.failed, pods, at: early) == .running)
        let lost = JobEnding(cause: .nodeFailed, words: "Failed R, its pod was taken away")
        #expect(try Self.sighting(Self.failed, pods, at: late) == .ended(lost))
        #expect(try Self.sighting(Self.failed, [Self.takenAway], at: late) == .ended(lost))
    }

    @Test("a deadline of the Job is a timeout")
    func deadline() throws {
        let job = #"{"conditions":[{"type":"Failed","status":"True","reason":"DeadlineExceeded"}]}"#
        #expect(
            try Self.sighting(job, nil)
                == .ended(JobEnding(cause: .timeout, words: "Failed DeadlineExceeded, its pod is gone")))
    }

    @Test("what cannot be scheduled waits with the scheduler's words, and is given up after the operator's patience")
    func unschedulable() throws {
        let pod = """
            {"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable",\
            "message":"0/3 nodes are available: 3 Insufficient nvidia.com/gpu."}]}
            """
        let words = "Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu."
        let whole = "no node can take it (\(words))"
        #expect(try Self.sighting("{}", pod) == .pending(reason: whole))
        #expect(try Self.sighting("{}", pod, waited: .seconds(61)) == .impossible("\(whole), for 61 s now"))
    }

    @Test("the operator's patience is with what cannot be had, not with what takes long")
    func patience() throws {
        func isStuck(_ status: String) throws -> Bool {
            let pod = try Self.object(#"{"kind":"Pod","metadata":{"name":"p"},"status":\#(status)}"#)
            let job = try Self.object(#"{"kind":"Job","metadata":{"name":"j"},"status":{}}"#)
            return KubernetesSighting(job: job, pod: pod).isStuck
        }
        func waiting(_ reason: String) -> String {
            #"{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"\#(reason)"}}}]}"#
        }
        #expect(try !isStuck(waiting("ContainerCreating")) && isStuck(waiting("ErrImagePull")))
        #expect(try isStuck(#"{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False"}]}"#))
        #expect(try !isStuck(#"{"phase":"Running"}"#))
    }

    @Test("an image that has no name is refused at once, one that cannot be had after a while")
    func images() throws {
        func pod(_ reason: String) -> String {
            #"{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"\#(reason)","message":"m"}}}]}"#
        }
        #expect(
            try Self.sighting("{}", pod("InvalidImageName"))
                == .impossible("its image has no valid name (InvalidImageName: m)"))
        #expect(
            try Self.sighting("{}", pod("ImagePullBackOff"))
                == .pending(reason: "its image cannot be had (ImagePullBackOff: m)"))
        #expect(
            try Self.sighting("{}", pod("ContainerCreating"))
                == .pending(reason: "its container is being made (ContainerCreating)"))
    }

    @Test("of a pod whose files are carried, the container that waits for them says what it waits for")
    func receiving() throws {
        func pod(_ state: String) -> String {
            """
            {"phase":"Pending","initContainerStatuses":[{"state":\(state)}],\
            "containerStatuses":[{"state":{"waiting":{"reason":"PodInitializing"}}}]}
            """
        }
        let missing = #"{"waiting":{"reason":"ImagePullBackOff","message":"m"}}"#
        #expect(
            try Self.sighting("{}", pod(missing)) == .pending(reason: "its image cannot be had (ImagePullBackOff: m)"))
        let running = #"{"running":{"startedAt":"2026-01-01T00:00:00Z"}}"#
        #expect(try Self.sighting("{}", pod(running)) == .pending(reason: KubernetesSighting.awaitsFiles))
        let ended = #"{"terminated":{"exitCode":0,"reason":"Completed"}}"#
        #expect(
            try Self.sighting("{}", pod(ended)) == .pending(reason: "its container is being made (PodInitializing)"))
    }
}
