import Foundation
import Glibc
import SluiceTesting
import Testing

/// A cluster whose pods share no folder with the runner.
@Suite(
    "A cluster without a shared folder", .serialized,
    .enabled(if: Cluster.kubernetes.place != nil && Cluster.hasOwnMounts, "no kubectl, or no mounts"))
struct CarriedTests {
    private struct Desk {
        let scene: Scene
        let server: Process?
        let path: [String: String]

        init() throws {
            scene = try Scene(withHook: false)
            server = try Cluster.kubernetes.terms(for: scene).server
            path = ["PATH": Cluster.kubernetes.searchPath(of: scene)]
            let terms =
                "kind: kubernetes, namespace: ml, image: sluice, sluice: \(Scene.binary), "
                + "config: \(scene.root)/cluster/kubeconfig"
            try scene.configure(
                "executors:\n  cluster: { \(terms) }\npath: \(scene.environment["PATH"] ?? "")\n",
                in: scene.clone + "/.git")
            let root = scene.root
            try scene.commit(ClusterExample.files.mapValues { $0.replacingOccurrences(of: "LEDGER", with: root) })
        }

        func sluice(_ arguments: [String]) throws -> ProgramRun { try scene.sluice(arguments, environment: path) }

        func start(_ arguments: [String]) throws -> StartedProgram {
            try StartedProgram(
                [Scene.binary] + arguments, environment: scene.environment.merging(path) { $1 }, folder: scene.clone)
        }

        func expectGood(_ run: RunView) throws {
            #expect(run.outcome == "succeeded", "\(run.json)")
            #expect(run.attempts(of: "train").count == 1 && scene.lines(of: "trained") == 1, "\(run.json)")
            #expect(try String(contentsOfFile: scene.ledger("evaluated"), encoding: .utf8) == "1 2 3\n4\n")
            #expect(try sluice(["logs", "1/train"]).output.contains("hello from the node"))
            let left = FileManager.default.enumerator(atPath: scene.home + "/carried")?.compactMap { $0 as? String }
            #expect(left?.contains { $0.contains("/runs/") } == false, "\(left ?? [])")
        }
    }

    @Test("a local stage and one in a pod exchange artifacts")
    func exchange() throws {
        let desk = try Desk()
        defer { desk.server?.terminate() }
        let plan = try desk.sluice(["plan"])
        #expect(plan.status == 0, "\(plan.transcript)")
        #expect(try desk.sluice(["doctor"]).output.contains("cluster: carries"))
        desk.scene.touch("go")
        #expect(try desk.sluice(["run"]).status == 0)
        try desk.expectGood(desk.scene.show(1))
    }

    @Test("a runner that is killed while the pod works loses nothing")
    func killedRunner() throws {
        let desk = try Desk()
        defer { desk.server?.terminate() }
        let run = try desk.start(["run"])
        #expect(comesToHold { desk.scene.lines(of: "trained") == 1 })
        kill(run.pid, SIGKILL)
        _ = run.wait()
        desk.scene.touch("go")
        let worker = try desk.sluice(["worker", "--once"])
        #expect(worker.status == 0, "\(worker.transcript)")
        try desk.expectGood(desk.scene.show(1))
    }
}
