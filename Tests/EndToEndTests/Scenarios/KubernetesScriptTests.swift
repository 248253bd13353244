import Foundation
import SluiceTesting
import Testing

/// `scripts/test-kubernetes`, which runs the conformance suite on a cluster that somebody has.
@Suite("The script for a cluster of one's own") struct KubernetesScriptTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../scripts/test-kubernetes").path

    private func check(_ variables: [String: String]) throws -> ProgramRun {
        let path = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"]
        return try ProgramRun.run([Self.script, "--check"], environment: path.merging(variables) { $1 }, folder: "/")
    }

    @Test("without a cluster it tests nothing, and says what it lacks")
    func nothing() throws {
        let run = try check([:])
        #expect(run.status == 2 && run.errors.contains("SLUICE_TEST_KUBECONFIG is not set"), "\(run.transcript)")
        #expect(run.errors.contains("SLUICE_TEST_CLAIM is not set") && run.errors.contains("nothing was tested"))
    }

    @Test(
        "with one it looks whether it answers and what may be done there",
        .enabled(if: Cluster.kubernetes.place != nil, "there is no kubectl"))
    func cluster() throws {
        let scene = try Scene(withHook: false)
        let server = try Cluster.kubernetes.terms(for: scene).server
        defer { server?.terminate() }
        let folder = scene.root + "/cluster"
        let variables = [
            "SLUICE_TEST_KUBECONFIG": folder + "/kubeconfig", "SLUICE_TEST_IMAGE": "sluice",
            "SLUICE_TEST_CLAIM": "data", "SLUICE_TEST_SHARED": scene.shared,
            "SLUICE_TEST_KUBECTL": Cluster.kubernetes.place ?? "",
        ]
        let good = try check(variables)
        #expect(good.status == 0 && good.output.contains("may be used"), "\(good.transcript)")
        func control(_ text: String) throws -> ProgramRun {
            try Data(text.utf8).write(to: URL(filePath: folder + "/control"), options: .atomic)
            return try check(variables)
        }
        let forbidden = try control(#"{"forbidden": ["secrets"]}"#)
        #expect(forbidden.status == 2 && forbidden.errors.contains("you may not create secrets"))
        #expect(!forbidden.errors.contains("jobs"), "\(forbidden.transcript)")
        #expect(try control(#"{"unreachable": true}"#).errors.contains("the cluster does not answer"))
    }
}
