import Foundation
import Glibc
import SluiceModel
import Testing

@testable import SluiceExecution

/// A namespace of the real cluster that is a test's own, and goes with it.
final class TestNamespace: Sendable {
    static let mayBeMade =
        Kubernetes.real.map {
            Kubectl(terms: $0, searchPath: Kubernetes.searchPath, home: nil)
                .run(["auth", "can-i", "create", "namespaces"]).isGood
        } ?? false

    private let name = "sluice-test-" + Token.random().prefix(8).lowercased()
    private let real: KubernetesTerms
    private let folder: Attempts

    init() throws {
        real = try #require(Kubernetes.real)
        folder = try Attempts()
        let made = kubectl.run(["create", "namespace", name])
        guard made.isGood else { throw TestFailure(made.complaint) }
        // Pods of a namespace wait for it.
        let deadline = MonotonicClock.now() + 30_000
        while !kubectl.run(["get", "serviceaccount", "default"]).isGood, MonotonicClock.now() < deadline {
            usleep(200_000)
        }
    }

    deinit { _ = kubectl.run(["delete", "namespace", name, "--wait=false"]) }

    /// As the administrator; nothing is shared in it.
    func terms() -> KubernetesTerms {
        var terms = real
        (terms.namespace, terms.claim, terms.sharedRoot) = (name, nil, nil)
        return terms
    }

    var kubectl: Kubectl { Kubectl(terms: terms(), searchPath: Kubernetes.searchPath, home: nil) }
    var isEmpty: Bool { kubectl.run(["get", "jobs,pods", "--output=name"]).lines == [] }

    func make(_ object: String) throws {
        let made = kubectl.run(["create", "--filename=-"], input: Array(object.utf8))
        guard made.isGood else { throw TestFailure(made.complaint) }
    }

    /// As a runner who may do what docs/kubernetes.md names, and nothing else.
    func runner() throws -> KubernetesTerms {
        try make(#"{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"runner"}}"#)
        try make(Self.role)
        try make(
            """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"runner"},
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"runner"},
             "subjects":[{"kind":"ServiceAccount","name":"runner","namespace":"\(name)"}]}
            """)
        try make(
            """
            {"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"team"},
             "spec":{"hard":{"requests.cpu":"2","requests.memory":"4Gi"}}}
            """)
        let token = kubectl.run(["create", "token", "runner"])
        guard let secret = token.lines.first else { throw TestFailure(token.complaint) }
        let view = kubectl.run(["config", "view", "--minify", "--flatten", "--output=json"])
        guard var file = try JSONSerialization.jsonObject(with: Data(view.data)) as? [String: Any],
            let context = file["current-context"], let clusters = file["clusters"] as? [[String: Any]]
        else { throw TestFailure("kubectl config view: \(view.complaint)") }
        file["users"] = [["name": "runner", "user": ["token": secret]]]
        let inner = ["cluster": clusters[0]["name"] ?? "", "user": "runner"]
        file["contexts"] = [["name": context, "context": inner]]
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: file, options: .withoutEscapingSlashes), as: UTF8.self)
        try folder.write("kubeconfig", text, mode: 0o600)
        var terms = terms()
        terms.configuration = "\(folder.root)/kubeconfig"
        return terms
    }

    private static let role = """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"runner"},"rules":[
         {"apiGroups":["batch"],"resources":["jobs"],"verbs":["create","get","list","patch","delete"]},
         {"apiGroups":[""],"resources":["pods"],"verbs":["get","list","delete"]},
         {"apiGroups":[""],"resources":["secrets"],"verbs":["create","delete"]},
         {"apiGroups":[""],"resources":["events","resourcequotas"],"verbs":["list"]},
         {"apiGroups":[""],"resources":["pods/exec"],"verbs":["create"]}]}
        """
}
