import Foundation
import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// What is made in a cluster for an attempt, and what is left of it.
@Suite("Objects of an attempt in Kubernetes", .enabled(if: Kubernetes.isHere, "there is no kubectl"))
struct KubernetesHandoverTests {
    private static let secret = Secret(name: "TOKEN", value: Array("correct horse battery".utf8))

    private func run(_ attempts: Attempts, _ request: AttemptRequest, _ engine: KubernetesEngine) async -> AttemptResult
    {
        await attempts.run(request, by: Lane.remote(engine, attempts))
    }

    private func secretive(_ attempts: Attempts) -> AttemptRequest {
        attempts.script(#"[ "$TOKEN" = "correct horse"" battery" ]; echo "it is $TOKEN""#).with {
            $0.secrets = [Self.secret]
        }
    }

    private func order(_ attempts: Attempts, _ request: AttemptRequest, on engine: KubernetesEngine) throws -> JobOrder
    {
        let files = AttemptFiles(of: request)
        mkdir(files.folder, 0o700)
        #expect(files.write(request, to: files.request))
        return JobOrder(key: Token.random(), request: request, files: files, sluice: Slurm.sluice, on: engine)
    }

    @Test("secrets are one Secret of the attempt's Job, in no other object, and nothing is left at the end")
    func secrets() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        let result = await run(attempts, secretive(attempts), cluster.engine())
        #expect(result.outcome == .succeeded && attempts.shown.contains("it is ***"), "\(result)")
        let text = String(decoding: Self.secret.value, as: UTF8.self)
        let encoded = Data(text.utf8).base64EncodedString()
        let holding = cluster.requests.filter { $0.contains(text) || $0.contains(encoded) }
        #expect(holding.count == 1 && holding[0].hasPrefix("POST /api/v1/namespaces/ml/secrets "), "\(holding)")
        let made: JSONValue = try #require(
            WireJSON.decode(holding[0].split(separator: " ", maxSplits: 2)[2].utf8))
        #expect(made["metadata"]?["labels"]?["sluice.dev/run"]?.stringValue == "7")
        guard case .array(let owners)? = made["metadata"]?["ownerReferences"] else { throw TestFailure("no owner") }
        let name = try #require(made["metadata"]?["name"]?.stringValue)
        #expect(owners.first?["kind"]?.stringValue == "Job" && owners.first?["name"]?.stringValue == name)
        #expect(cluster.requests.contains { $0.hasPrefix("DELETE /api/v1/namespaces/ml/secrets/\(name) ") })
        #expect(cluster.jobs == [])
        let files = EngineProgram(searchPath: Slurm.searchPath, environment: [:]).run(
            "grep", ["-rl", text, attempts.root])
        #expect(files.lines == [], "no file of the attempt has it")
    }

    @Test("a Job whose Secret may not be made is taken back, and the attempt says why")
    func forbidden() async throws {
        let cluster = try Kubernetes.Cluster()
        try cluster.control(#"{"forbidden": ["secrets"]}"#)
        let attempts = try Attempts()
        let result = await run(attempts, secretive(attempts), cluster.engine())
        #expect(result.outcome == .failed && result.error?.code == "kubernetes.refused", "\(result)")
        #expect(result.error?.message.contains("secrets is forbidden") == true && cluster.jobs == [], "\(result)")
    }

    @Test("of what is cancelled the Job goes before its pod, so that no cluster makes another one")
    func order() async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        let cancellation = Cancellation()
        let script = attempts.script("trap '' TERM; touch ready; while :; do sleep 0.1; done")
        async let running = attempts.run(script, cancellation, by: Lane.remote(cluster.engine(), attempts))
        try await attempts.appearance(of: "workspace/ready")
        cancellation.killNow(.user)
        #expect(await running.outcome == .cancelled)
        let deleted = cluster.requests.filter { $0.hasPrefix("DELETE ") }
        let job = try #require(deleted.firstIndex { $0.contains("/jobs/") })
        let pod = try #require(deleted.firstIndex { $0.contains("/pods/") })
        #expect(job < pod && deleted[pod].contains(#""gracePeriodSeconds":1"#), "\(deleted)")
    }

    @Test("a cluster too old to hold a Job back lets its pod wait for the Secret")
    func old() async throws {
        let cluster = try Kubernetes.Cluster()
        try cluster.control(#"{"old": true}"#)
        let attempts = try Attempts()
        let result = await run(attempts, secretive(attempts), cluster.engine())
        #expect(result.outcome == .succeeded && attempts.shown.contains("it is ***"), "\(result)")
        let plain = try Attempts()
        #expect(await run(plain, plain.script("true"), cluster.engine()).outcome == .succeeded)
        let made = cluster.requests.filter { $0.hasPrefix("POST /apis/batch/v1/namespaces/ml/jobs ") }
        #expect(made.count == 3, "one without the field, one that is refused for it, and the same again")
    }

    @Test(
        "a runner that died between Job and Secret is followed by one that brings the Secret",
        arguments: ["{}", #"{"old": true}"#])
    func halfway(_ state: String) async throws {
        let cluster = try Kubernetes.Cluster()
        try cluster.control(state)
        let attempts = try Attempts()
        let request = secretive(attempts)
        let engine = cluster.engine()
        let order = try order(attempts, request, on: engine)
        let files = AttemptFiles(of: request)
        #expect(files.write(JobRecord(key: order.key), to: files.job))
        let job = KubernetesManifest(order: order, terms: engine.terms, owner: nil, headroom: 0).job
        let made = engine.kubectl.run(
            ["create", "--filename=-", "--validate=false"], input: Array(job.canonicalText.utf8))
        #expect(made.isGood, "\(made.complaint)")
        #expect(engine.find(order) == .halfway(KubernetesManifest.name(order.key)))
        #expect(await run(attempts, request, engine).outcome == .succeeded)
    }

    @Test("Jobs of runs that have ended are removed, those of other runs and of other states are not")
    func leftovers() throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        func submit(run: Int64, _ owner: String) throws -> String {
            let engine = cluster.engine(owner: owner)
            let request = attempts.script("sleep 600").with { $0.run = RunID(run) }
            guard case .accepted(let job) = engine.submit(try order(attempts, request, on: engine)) else {
                throw TestFailure("it was not accepted")
            }
            return job
        }
        let over = try submit(run: 7, "a1")
        let running = try submit(run: 8, "a1")
        let others = try submit(run: 7, "b2")
        KubernetesLeftovers(cluster.terms(), owner: "a1", searchPath: Kubernetes.searchPath, home: nil)
            .remove { $0 == RunID(7) }
        #expect(Set(cluster.requests.filter { $0.hasPrefix("DELETE") }.map { $0.split(separator: " ")[1] }).count == 1)
        #expect(cluster.requests.contains { $0.hasPrefix("DELETE /apis/batch/v1/namespaces/ml/jobs/\(over) ") })
        let left = cluster.jobs.joined()
        #expect(left.contains(running) && left.contains(others))
    }

    @Test(
        "an attempt whose result file cannot be written is told by the cluster as it ended",
        arguments: [("true", Outcome.succeeded), ("exit 12", .failed)])
    func message(_ script: String, _ outcome: Outcome) async throws {
        let cluster = try Kubernetes.Cluster()
        let attempts = try Attempts()
        // What is to be its result file is a folder.
        try FileManager.default.createDirectory(
            atPath: "\(attempts.root)/node/result.json", withIntermediateDirectories: true)
        let result = await run(attempts, attempts.script(script), cluster.engine())
        #expect(result.outcome == outcome && result.exit == (outcome == .failed ? 12 : 0), "\(result)")
        #expect(result.usage.wall > 0 && result.warnings.last?.contains("kubernetes was told") == true, "\(result)")
    }

    @Test("labels say whose it is, with what a label may say of the stage's name")
    func labels() {
        let labels = KubernetesLabels(order: KubernetesTests.order(), owner: "a1").json
        let expected = [
            "app.kubernetes.io/managed-by": "sluice", "sluice.dev/state": "a1", "sluice.dev/run": "7",
            "sluice.dev/stage": "train_model_x", "sluice.dev/attempt": "2",
        ]
        #expect(labels == .object(expected.mapValues { .string($0) }))
        #expect(KubernetesLabels.value("_a" + String(repeating: "é", count: 80)) == "a")
        #expect(KubernetesLabels.value("__") == "")
        #expect(KubernetesLabels.value(String(repeating: "x", count: 80)).count == 63)
    }
}
