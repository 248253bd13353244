import Foundation
import Glibc
import SluiceTesting
import Testing

/// A cluster that stages of a scene may run on, whose nodes see the scene's shared folder.
enum Cluster: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// The real one of `scripts/slurm-up`.
    case slurm
    /// The real `kubectl`, and `scripts/kubernetes-stub` that it talks to.
    case kubernetes

    var testDescription: String { rawValue }

    /// Those that can be had here.
    static var here: [Cluster] { allCases.filter { $0.place != nil } }

    /// Whether the stand-in can give a pod a folder of its own, by a mount.
    static let hasOwnMounts =
        (try? ProgramRun.run(
            ["unshare", "--mount", "--propagation", "private", "true"], environment: ["PATH": "/usr/bin:/bin"],
            folder: "/"))?.status == 0

    /// Its configuration, or its programs.
    var place: String? {
        getenv(self == .slurm ? "SLUICE_TEST_SLURM" : "SLUICE_TEST_KUBECTL").map { String(cString: $0) }
    }

    /// What the operator says of it; `server` ends with whoever holds it.
    func terms(for scene: Scene) throws -> (text: String, server: Process?) {
        try FileManager.default.createDirectory(atPath: scene.shared, withIntermediateDirectories: true)
        switch self {
        case .slurm:
            return ("kind: slurm, partition: main, shared_root: \(scene.shared), config: \(place ?? "")", nil)
        case .kubernetes:
            let folder = scene.root + "/cluster"
            let server = try Self.stub(in: folder)
            let text =
                "kind: kubernetes, namespace: ml, image: sluice, claim: data, shared_root: \(scene.shared), "
                + "config: \(folder)/kubeconfig, sluice: \(Scene.binary)"
            return (text, server)
        }
    }

    private static func stub(in folder: String) throws -> Process {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../scripts/kubernetes-stub").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script, folder]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        #expect(comesToHold { access(folder + "/kubeconfig", F_OK) == 0 })
        return process
    }

    /// Where the scene's programs find the cluster's.
    func searchPath(of scene: Scene) -> String {
        (self == .kubernetes ? (place ?? "") + ":" : "") + (scene.environment["PATH"] ?? "")
    }
}
