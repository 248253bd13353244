import Foundation
import Glibc
import SluiceTesting
import Testing

/// Clusters whose nodes see a shared folder, and nothing of the state folder, which lies elsewhere.
@Suite("Shared folders of clusters", .serialized) struct SharedFolderTests {
    /// A desk with a cluster as its executor `cluster`.
    private final class Desk {
        let scene: Scene
        private let server: Process?
        private let path: [String: String]
        private let configuration: String

        init(_ cluster: Cluster, _ files: [String: String]) throws {
            scene = try Scene(withHook: false)
            let (terms, server) = try cluster.terms(for: scene)
            self.server = server
            path = ["PATH": cluster.searchPath(of: scene)]
            configuration = "executors:\n  cluster: { \(terms) }\npath: \(scene.environment["PATH"] ?? "")\n"
            try scene.configure(configuration, in: scene.clone + "/.git")
            try scene.commit(files.mapValues { $0.replacingOccurrences(of: "LEDGER", with: scene.root) })
        }

        deinit { server?.terminate() }

        func configure(_ more: String) throws {
            try scene.configure(configuration + more, in: scene.clone + "/.git")
        }

        /// What a cluster's own program says of it.
        func ask(_ program: [String]) throws -> ProgramRun {
            try ProgramRun.run(["/usr/bin/env"] + program, environment: path, folder: "/")
        }

        func sluice(_ arguments: [String]) throws -> ProgramRun { try scene.sluice(arguments, environment: path) }

        func start(_ arguments: [String]) throws -> StartedProgram {
            try StartedProgram(
                [Scene.binary] + arguments, environment: scene.environment.merging(path) { $1 }, folder: scene.clone)
        }

        /// Files and links, folders of environments left out.
        var shared: [String] {
            let all = (try? FileManager.default.subpathsOfDirectory(atPath: scene.shared)) ?? []
            return all.filter { !$0.contains("/environments") }
        }
    }

    private func expectGood(_ desk: Desk, _ run: RunView) throws {
        let scene = desk.scene
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(run.attempts(of: "train").count == 1 && scene.lines(of: "trained") == 1, "\(run.json)")
        #expect(run.attempts(of: "train").first?["executor"] as? String == "cluster")
        #expect(try String(contentsOfFile: scene.ledger("evaluated"), encoding: .utf8) == "1 2 3\n4\n")
        #expect(try desk.sluice(["logs", "1/train"]).output.contains("hello from the node"))
        #expect(!desk.shared.contains { $0.contains("/runs/") }, "nothing of the run stays: \(desk.shared)")
        let prefix = try String(contentsOfFile: scene.ledger("trained"), encoding: .utf8)
        #expect(prefix.hasPrefix(scene.shared + "/sluice-"), "its Python environment is shared: \(prefix)")
    }

    @Test(
        "a local and a remote stage exchange artifacts, and the node is told of nothing outside of the shared folder",
        arguments: Cluster.here)
    func exchange(_ cluster: Cluster) throws {
        let desk = try Desk(cluster, ClusterExample.files)
        let run = try desk.start(["run"])
        #expect(comesToHold { desk.scene.lines(of: "trained") == 1 })
        let request = try #require(desk.shared.first { $0.hasSuffix("/train/1/node/request.json") })
        let text = try String(contentsOfFile: desk.scene.shared + "/" + request, encoding: .utf8)
        #expect(!text.replacingOccurrences(of: "\\/", with: "/").contains(desk.scene.home), "\(text)")
        #expect(
            comesToHold {
                (try? desk.sluice(["logs", "1/train"]))?.output.contains("hello from the node") ?? false
            }, "its log is shown while it runs")
        desk.scene.touch("go")
        #expect(run.wait().status == 0)
        try expectGood(desk, desk.scene.show(1))
    }

    @Test("a runner that is killed loses nothing", arguments: Cluster.here)
    func killedRunner(_ cluster: Cluster) throws {
        let desk = try Desk(cluster, ClusterExample.files)
        let run = try desk.start(["run"])
        #expect(comesToHold { desk.scene.lines(of: "trained") == 1 })
        kill(run.pid, SIGKILL)
        _ = run.wait()
        desk.scene.touch("go")
        #expect(comesToHold { desk.shared.contains { $0.hasSuffix("/node/result.json") } })
        let worker = try desk.sluice(["worker", "--once"])
        #expect(worker.status == 0, "\(worker.transcript)")
        try expectGood(desk, desk.scene.show(1))
    }

    @Test(
        "of an attempt that failed its outputs stay where they were made, and its log is here", arguments: Cluster.here)
    func failed(_ cluster: Cluster) throws {
        let desk = try Desk(
            cluster,
            [
                "pipelines/p.yaml": """
                schema: sluice/v1
                name: p
                profiles: { node: { cpus: 1, memory: 64MiB, executor: cluster } }
                defaults: { profile: node }
                stages:
                  bad:
                    run: "echo half > ${outputs.model}; echo oh no; exit 1"
                    outputs: { model: model }
                    retry: { limit: 0 }
                """
            ])
        #expect(try desk.sluice(["run"]).status == 1)
        let files = desk.shared.filter { $0.contains("/runs/1/bad/1/") }
        #expect(
            files.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }.contains("out/model"), "\(files)")
        #expect(files.allSatisfy { $0.contains("/1/out") }, "\(files)")
        #expect(try desk.sluice(["logs", "1/bad"]).output.contains("oh no"))
    }

    @Test("a secret reaches a stage on a cluster, and is in nothing that anybody could read", arguments: Cluster.here)
    func secret(_ cluster: Cluster) throws {
        let value = "ab'c\"d-\(UInt32.random(in: 1 << 20 ... .max))"
        let desk = try Desk(
            cluster,
            [
                "pipelines/p.yaml": """
                schema: sluice/v1
                name: p
                profiles: { node: { cpus: 1, memory: 128MiB, executor: cluster } }
                stages: { only: { uses: keyed, profile: node } }
                """,
                "plugins/keyed/plugin.yaml": """
                name: keyed
                version: 1.0.0
                protocol: sluice/1
                role: other
                command: [python3, -B, ./keyed.py]
                python: {}
                secrets: [TOY_KEY]
                outputs: { length: { type: file } }
                effects: network
                """,
                "plugins/keyed/keyed.py": """
                import os
                import sluice

                def run(ctx):
                    ctx.log("it is " + os.environ["TOY_KEY"])
                    ctx.outputs["length"].path.write_text(str(len(os.environ["TOY_KEY"])))

                if __name__ == "__main__":
                    sluice.main(run)
                """,
            ])
        let scene = desk.scene
        let tree = try scene.git(["rev-parse", "HEAD:plugins/keyed"]).output.trimmingCharacters(in: .newlines)
        try desk.configure("secrets: { TOY_KEY: { file: key, plugins: [\"tree:\(tree)\"] } }\n")
        try Data((value + "\n").utf8).write(to: URL(filePath: scene.clone + "/.git/key"))
        let run = try desk.sluice(["run"])
        #expect(run.status == 0, "\(run.transcript)")
        #expect(try desk.sluice(["logs", "1/only"]).output.contains("it is ***"))
        let got = try desk.sluice(["artifact", "get", "1/only/length", "-o", scene.root + "/length"])
        #expect(got.status == 0, "\(got.transcript)")
        #expect(try String(contentsOfFile: scene.root + "/length", encoding: .utf8) == "\(value.utf8.count)")
        let found = try Scene.shell(
            "grep -rlaF -e '\(value.split(separator: "'")[1])' state \(scene.shared) || true", in: scene.root)
        #expect(found == "")
    }

    @Test(
        "what a run has made in a namespace is gone when it has ended, however its attempts did",
        .enabled(if: Cluster.kubernetes.place != nil, "there is no kubectl"))
    func nothingStays() throws {
        let desk = try Desk(.kubernetes, ClusterExample.files)
        let cluster = desk.scene.root + "/cluster"
        let run = try desk.start(["run"])
        #expect(comesToHold { desk.scene.lines(of: "trained") == 1 })
        let kubectl = ["kubectl", "--kubeconfig=\(cluster)/kubeconfig", "--namespace=ml", "get", "jobs"]
        let labels = ["--selector=sluice.dev/run=1,sluice.dev/stage=train,sluice.dev/attempt=1", "--output=name"]
        #expect(try desk.ask(kubectl + labels).output.hasPrefix("job.batch/sluice-"))
        try Data(#"{"oom": true}"#.utf8).write(to: URL(filePath: cluster + "/control"), options: .atomic)
        #expect(run.wait().status == 1)
        #expect(try desk.scene.show(1).outcome(of: "train") == "overLimit")
        #expect(try desk.ask(kubectl + ["--output=name"]).output == "")
    }

    @Test("a shared root that cannot be used is said by the plan and by the doctor")
    func unusable() throws {
        let scene = try Scene(withHook: false)
        try scene.configure(
            "executors:\n  cluster: { kind: slurm, shared_root: \(scene.shared) }\n", in: scene.clone + "/.git")
        try scene.commit([
            "pipelines/p.yaml": """
            schema: sluice/v1
            name: p
            profiles: { node: { cpus: 1, memory: 64MiB, executor: cluster } }
            stages: { only: { run: "true", profile: node } }
            """
        ])
        let plan = try scene.sluice(["plan"])
        let doctor = try scene.sluice(["doctor"])
        #expect(plan.status == 65 && plan.transcript.contains("is no folder that is there"), "\(plan.transcript)")
        #expect(doctor.status == 69 && doctor.output.contains("cluster: `shared_root`"), "\(doctor.transcript)")
        try FileManager.default.createDirectory(atPath: scene.shared, withIntermediateDirectories: true)
        let mended = try scene.sluice(["doctor"])
        #expect(mended.status == 0 && mended.output.contains("shares \(scene.shared)/sluice-"), "\(mended.transcript)")
        chmod(scene.shared, 0o777)
        #expect(try scene.sluice(["doctor"]).output.contains("may be changed by others"))
    }
}
