import Foundation
import Glibc
import SluiceModel
import Synchronization

@testable import SluiceExecution

/// A stand-in for a cluster, `scripts/kubernetes-stub`, to which the real `kubectl` talks; `scripts/test` gets
/// `kubectl` from PyPI and names its folder in `SLUICE_TEST_KUBECTL`.
enum Kubernetes {
    /// The folder of `kubectl` and `kubernetes-validate`.
    static let programs = getenv("SLUICE_TEST_KUBECTL").map { String(cString: $0) }
    static var isHere: Bool { programs != nil }
    static var searchPath: String { (programs.map { "\($0):" } ?? "") + Slurm.searchPath }

    static var validator: String? {
        programs.flatMap { access("\($0)/kubernetes-validate", X_OK) == 0 ? "kubernetes-validate" : nil }
    }

    /// One cluster for all tests that do not disturb it.
    private static let shared = try? Cluster()

    /// Whether the stand-in can give a pod a folder of its own at a path of ours.
    static let carries =
        isHere
        && EngineProgram(searchPath: Slurm.searchPath, environment: [:]).run(
            "unshare", ["--mount", "--propagation", "private", "true"]
        ).isGood

    /// Attempts below the folder are carried to pods and back.
    static func engine(carrying root: String) -> any JobEngine {
        if let real { return engine(real, carrying: root) }
        return shared.map { $0.engine(carrying: root) } ?? ThreadEngine()
    }

    static func engine() -> any JobEngine {
        if let real { return engine(real) }
        return shared.map { $0.engine() } ?? ThreadEngine()
    }

    /// On a real cluster; where attempts are carried, it shares nothing.
    static func engine(_ terms: KubernetesTerms, carrying root: String? = nil) -> KubernetesEngine {
        var terms = terms
        if root != nil { (terms.claim, terms.sharedRoot) = (nil, nil) }
        let kubectl = Kubectl(terms: terms, searchPath: searchPath, home: nil)
        return KubernetesEngine(terms: terms, kubectl: kubectl, owner: "test-\(getpid())", carried: root)
    }

    /// The cluster that `scripts/test-kubernetes` is given.
    static let real: KubernetesTerms? = {
        func said(_ name: String) -> String? { getenv("SLUICE_TEST_\(name)").map { String(cString: $0) } }
        guard let configuration = said("KUBECONFIG"), let image = said("IMAGE"), let claim = said("CLAIM"),
            let shared = said("SHARED")
        else { return nil }
        return KubernetesTerms(
            namespace: said("NAMESPACE") ?? "default", image: image, claim: claim, sharedRoot: shared,
            configuration: configuration, sluice: said("SLUICE") ?? "/usr/local/bin/sluice")
    }()

    static func run(_ name: String, _ arguments: [String]) -> EngineProgram.Answer {
        EngineProgram(searchPath: searchPath, environment: ["PATH": searchPath, "HOME": "/nonexistent"])
            .run(name, arguments)
    }

    /// A server of its own, until the test's process ends.
    final class Cluster: Sendable {
        private let folder: Attempts
        private let process: Process

        init() throws {
            folder = try Attempts()
            process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../../scripts/kubernetes-stub")
            process.arguments = ["python3", script.path, folder.root]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            for _ in 0..<1000 where access("\(folder.root)/kubeconfig", F_OK) != 0 { usleep(10_000) }
            guard access("\(folder.root)/kubeconfig", F_OK) == 0 else {
                throw TestFailure("the stand-in did not start")
            }
        }

        deinit { process.terminate() }

        /// What the cluster is like from now on.
        func control(_ text: String) throws {
            try folder.write("control.new", text)
            guard rename("\(folder.root)/control.new", "\(folder.root)/control") == 0 else {
                throw TestFailure("control: errno \(errno)")
            }
        }

        func terms(image: String = "sluice", patience: Duration = .seconds(600)) -> KubernetesTerms {
            KubernetesTerms(
                namespace: "ml", image: image, claim: "data", sharedRoot: "/",
                configuration: "\(folder.root)/kubeconfig", sluice: Slurm.sluice, patience: patience)
        }

        func engine(
            image: String = "sluice", patience: Duration = .seconds(600), owner: String = "0123456789abcdef"
        ) -> KubernetesEngine {
            let terms = terms(image: image, patience: patience)
            return KubernetesEngine(
                terms: terms, kubectl: Kubectl(terms: terms, searchPath: Kubernetes.searchPath, home: nil), owner: owner
            )
        }

        func engine(carrying root: String, patience: Duration = .seconds(600)) -> KubernetesEngine {
            var terms = terms(patience: patience)
            (terms.claim, terms.sharedRoot) = (nil, nil)
            let kubectl = Kubectl(terms: terms, searchPath: Kubernetes.searchPath, home: nil)
            return KubernetesEngine(terms: terms, kubectl: kubectl, owner: "0123456789abcdef", carried: root)
        }

        /// What was asked of it, but for reading: `POST /apis/… {…}`.
        var requests: [String] { (folder.read("requests") ?? "").split(separator: "\n").map(String.init) }

        /// `job.batch/sluice-…`
        var jobs: [String] { engine().kubectl.run(["get", "jobs", "--output=name"]).lines }

        func pool() -> KubernetesPool { KubernetesPool(terms(), searchPath: Kubernetes.searchPath, home: nil) }
    }
}
