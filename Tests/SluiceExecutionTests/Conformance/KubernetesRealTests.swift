import Foundation
import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// What only a real cluster can say: its own words, its own limits, its own rights. `scripts/test-kubernetes` names one.
@Suite("A real Kubernetes cluster", .enabled(if: Kubernetes.real != nil, "scripts/test-kubernetes was given none"))
struct KubernetesRealTests {
    private static func terms(_ change: (inout KubernetesTerms) -> Void = { _ in }) throws -> KubernetesTerms {
        var terms = try #require(Kubernetes.real)
        change(&terms)
        return terms
    }

    private func run(
        _ attempts: Attempts, _ request: AttemptRequest, _ engine: KubernetesEngine
    ) async -> AttemptResult {
        await attempts.run(request, by: Lane.remote(engine, attempts))
    }

    private func waits(_ attempts: Attempts, _ words: String) -> Bool {
        attempts.events.contains { if case .waiting(let reason) = $0 { reason.contains(words) } else { false } }
    }

    @Test("a program that outgrows its pod at once is over its memory")
    func outOfMemory() async throws {
        let attempts = try Attempts()
        let request = try attempts.plugin(python: #"kept = bytearray(2 << 30); say("result", status="ok")"#)
        let result = await run(attempts, request, Kubernetes.engine(try Self.terms()))
        #expect(result.outcome == .overLimit && result.error?.code == "limit.memory", "\(result)")
    }

    @Test("a pod that no node has room for waits with the scheduler's words, and is given up in the end")
    func unschedulable() async throws {
        let attempts = try Attempts()
        let request = attempts.script("true").with { $0.grant.request.cpus = Amount(100_000) }
        let result = await run(attempts, request, Kubernetes.engine(try Self.terms { $0.patience = .seconds(4) }))
        #expect(result.outcome == .failed && result.error?.code == "kubernetes.impossible", "\(result)")
        #expect(waits(attempts, "no node can take it (Unschedulable: 0/"), "\(attempts.events)")
        #expect(result.error?.message.contains("Insufficient cpu") == true, "\(result)")
    }

    @Test("an image that cannot be had is waited for, one without a valid name is not")
    func images() async throws {
        let attempts = try Attempts()
        let missing = try Self.terms { ($0.image, $0.patience) = ("localhost:1/nobody/has/it:1", .seconds(9)) }
        let result = await run(attempts, attempts.script("true"), Kubernetes.engine(missing))
        #expect(result.outcome == .failed && result.error?.code == "kubernetes.impossible", "\(result)")
        #expect(waits(attempts, "its image cannot be had ("), "\(attempts.events)")
        let others = try Attempts()
        let nameless = try Self.terms { $0.image = "Not/A/Name" }
        let refused = await run(others, others.script("true"), Kubernetes.engine(nameless))
        #expect(
            refused.error?.message.contains("its image has no valid name (InvalidImageName: ") == true, "\(refused)")
    }

    @Test(
        "a quota is the pool, and what it does not hold waits with the cluster's words until it does",
        .enabled(if: TestNamespace.mayBeMade, "no namespaces may be made"))
    func quota() async throws {
        let namespace = try TestNamespace()
        let hard = #""requests.cpu": "50m", "requests.memory": "1Gi""#
        try namespace.make(
            #"{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"team"},"spec":{"hard":{\#(hard)}}}"#)
        let terms = namespace.terms()
        let pool = KubernetesPool(terms, searchPath: Kubernetes.searchPath, home: nil)
        let small = Amount(billionths: Amount.unit / 20)
        #expect(try pool.capacity().get() == ResourceRequest(cpus: small, memory: 1 << 30, gpus: 0))
        let attempts = try Attempts()
        let engine = Kubernetes.engine(terms, carrying: attempts.root)
        async let running = run(attempts, attempts.script("true"), engine)
        try await attempts.holds { waits($0, "the cluster makes no pod for it (") && waits($0, "exceeded quota: team") }
        #expect(namespace.kubectl.run(["delete", "resourcequota", "team"]).isGood)
        let result = await running
        #expect(result.outcome == .succeeded, "\(result)")
    }

    @Test(
        "the documented rights are enough: secrets, files that are carried, a cancel, leftovers, a pool",
        .enabled(if: TestNamespace.mayBeMade, "no namespaces may be made"))
    func rights() async throws {
        let namespace = try TestNamespace()
        let terms = try namespace.runner()
        let attempts = try Attempts()
        let engine = Kubernetes.engine(terms, carrying: attempts.root)
        let secret = Secret(name: "TOKEN", value: Array("correct horse battery".utf8))
        let request = attempts.script(#"echo "it is $TOKEN"; echo out > outputs"#).with { $0.secrets = [secret] }
        let result = await run(attempts, request, engine)
        #expect(result.outcome == .succeeded && attempts.shown.contains("it is ***"), "\(result)")
        #expect(attempts.read("workspace/outputs") == "out\n")
        #expect(namespace.kubectl.run(["get", "secrets", KubernetesLabels.selector(nil), "--output=name"]).lines == [])

        let others = try Attempts()
        let cancellation = Cancellation()
        let other = Kubernetes.engine(terms, carrying: others.root)
        async let running = others.run(
            others.script("echo ready; sleep 600"), cancellation, by: Lane.remote(other, others))
        try await others.holds { $0.shown.contains("ready") }
        cancellation.cancel(.user)
        let cancelled = await running
        #expect(cancelled.outcome == .cancelled && cancelled.reason == "user", "\(cancelled)")

        let pool = KubernetesPool(terms, searchPath: Kubernetes.searchPath, home: nil)
        #expect(try pool.capacity().get().cpus == Amount(2))
        KubernetesLeftovers(terms, owner: engine.owner ?? "", searchPath: Kubernetes.searchPath, home: nil).remove {
            _ in true
        }
        try await others.holds { _ in namespace.isEmpty }
    }
}
