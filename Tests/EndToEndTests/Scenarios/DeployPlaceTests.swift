import Foundation
import Testing

/// The toy pipeline, by an operator whose pods share no folder with the runner. Nothing here asks a cluster.
@Suite("A deploy where nothing is kept") struct DeployPlaceTests {
    private func scene(deployOn profiles: String) throws -> Scene {
        var files = Toy.files
        files["pipelines/toy.yaml"] = Toy.pipeline
            .replacingOccurrences(of: "budget:", with: "  pod: { cpus: 1, memory: 64MiB, executor: pods }\nbudget:")
            .replacingOccurrences(of: "    uses: ship\n", with: "    uses: ship\n    \(profiles)\n")
        let scene = try Scene(files)
        for folder in [scene.bare, scene.clone + "/.git"] {
            try scene.configure(
                "executors: { pods: { kind: kubernetes, image: sluice } }\npath: \(scene.environment["PATH"] ?? "")\n",
                in: folder)
        }
        return scene
    }

    @Test("it is refused with file, line and hint when it is planned, run and pushed, before anything runs")
    func refused() throws {
        let scene = try scene(deployOn: "profile: pod")
        let text = try String(contentsOfFile: scene.clone + "/pipelines/toy.yaml", encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.hasPrefix("  deploy:") }) + 1
        for command in ["lint", "plan", "run"] {
            let ended = try scene.sluice([command])
            #expect(ended.status == 65, "\(ended.transcript)")
            #expect(ended.transcript.contains("pipelines/toy.yaml:\(line):3: error: stage `deploy` deploys"))
            #expect(ended.transcript.contains("`pods` keeps nothing") && ended.transcript.contains("shared_root"))
        }
        let pushed = try scene.push()
        #expect(pushed.errors.contains("pipelines/toy.yaml:\(line):3"), "\(pushed.transcript)")
        let record = try scene.lastRun()
        #expect(record.outcome == "refused" && record.stages.isEmpty, "\(record.json)")
    }

    @Test("where it may run elsewhere too it is planned and runs there, and the plan says why not in a pod")
    func elsewhere() throws {
        let scene = try scene(deployOn: "profiles: [pod, small]")
        let plan = try scene.sluice(["plan"])
        #expect(plan.status == 0 && plan.transcript.contains("`pods` keeps nothing"), "\(plan.transcript)")
        let run = try scene.run()
        #expect(run.outcome == "succeeded", "\(run.json)")
        #expect(run.attempts(of: "deploy").map { $0["executor"] as? String } == ["local"], "\(run.json)")
    }
}
